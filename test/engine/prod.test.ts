import { describeLife } from "./lifecycle";

describeLife("prod");
