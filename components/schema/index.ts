export * from "./addresses";
export * from "./did-you-mean";
export * from "./duration";
export * from "./names";
export * from "./quantity";
export * from "./rule";
export * from "./secret";
export * from "./toleration";
