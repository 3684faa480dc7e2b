import { describeLife } from "./lifecycle";

describeLife("dev");
