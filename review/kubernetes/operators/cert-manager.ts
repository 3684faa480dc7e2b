import { textAt } from "../value";
import { made, type OperatorModel } from "./model";

/** Source: https://cert-manager.io/docs/usage/certificate/ */
export const certificate: OperatorModel = {
  group: "cert-manager.io",
  kind: "Certificate",
  makes: (object) => {
    const secretName = textAt(object.spec, "secretName");
    return secretName === undefined ? [] : made(object, "Secret", secretName);
  },
};
