import { describeReconciled } from "./reconciled";

describeReconciled("prod");
