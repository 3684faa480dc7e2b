import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { objectLabels } from "../objects/labels";
import { secretText } from "./secret-text";

export interface CredentialsArgs {
  readonly username: string;
  /** The part of the platform it belongs to, e.g. `postgres`. */
  readonly component: string;
  /** Change it to get a new password. @default "1" */
  readonly rotation?: string;
  /** Where the password is needed: a Secret cannot be read from another namespace, so each gets a copy. */
  readonly copies: readonly SecretCopy[];
}

export interface SecretCopy {
  readonly namespace: string;
  readonly secretName: string;
  /** @default "Opaque" */
  readonly type?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Content of the Secret; a plan shows what is given as a plain text. @default `{username, password}` */
  readonly content?: (username: string, password: pulumi.Output<string>) => Record<string, pulumi.Input<string>>;
}

/** A generated password, kept in the stack's encrypted state, and Secrets that carry it. */
export class Credentials extends pulumi.ComponentResource {
  readonly password: pulumi.Output<string>;
  readonly secrets: k8s.core.v1.Secret[];

  constructor(name: string, args: CredentialsArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:credentials:Credentials", name, {}, opts);
    const generated = new random.RandomPassword(
      name,
      // Letters and digits only: it is used in URLs and in SQL.
      { length: 32, special: false, keepers: { rotation: args.rotation ?? "1" } },
      { parent: this },
    );
    this.password = generated.result;
    const content = (username: string, password: pulumi.Output<string>) => ({ username, password });
    this.secrets = args.copies.map(
      (copy) =>
        new k8s.core.v1.Secret(
          `${copy.namespace}-${copy.secretName}`,
          {
            metadata: {
              name: copy.secretName,
              namespace: copy.namespace,
              labels: { ...objectLabels(copy.secretName, args.component), ...copy.labels },
            },
            type: copy.type ?? "Opaque",
            stringData: plainShown((copy.content ?? content)(args.username, this.password)),
          },
          { parent: this },
        ),
    );
    this.registerOutputs({});
  }
}

/** A user's name or a host is in a Secret because of the password beside it: nobody needs to hide it. */
function plainShown(content: Record<string, pulumi.Input<string>>): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => [key, typeof value === "string" ? secretText(() => value) : value]),
  );
}
