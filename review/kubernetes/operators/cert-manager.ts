import { at, listAt, recordAt, textAt } from "../value";
import { secretWith, type OperatorModel } from "./model";

/** Source: https://cert-manager.io/docs/usage/certificate/ */
export const certificate: OperatorModel = {
  group: "cert-manager.io",
  kind: "Certificate",
  makes: (object) => {
    const secretName = textAt(object.spec, "secretName");
    if (secretName === undefined) return [];
    const formats = listAt(object.spec, "additionalOutputFormats").map((one) => textAt(one, "type"));
    const stores = recordAt(object.spec, "keystores");
    return [
      secretWith(object, secretName, [
        "tls.crt",
        "tls.key",
        "ca.crt",
        ...(formats.includes("CombinedPEM") ? ["tls-combined.pem"] : []),
        ...(formats.includes("DER") ? ["key.der"] : []),
        ...["jks", "pkcs12"].flatMap((store) => {
          const ending = store === "jks" ? "jks" : "p12";
          return at(stores, store, "create") === true ? [`keystore.${ending}`, `truststore.${ending}`] : [];
        }),
      ]),
    ];
  },
};
