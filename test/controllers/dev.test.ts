import { describeReconciled } from "./reconciled";

describeReconciled("dev");
