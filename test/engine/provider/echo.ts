import { differences } from "./differences";
import { revealed, type Properties } from "./properties";
import type { TestProvider } from "./serve";

/** A test provider that creates nothing: what it is asked for has its inputs as outputs, and what `computed` adds. */
export function echoProvider(computed: (type: string, inputs: Properties, id: string) => Properties = () => ({})): TestProvider {
  let created = 0;
  return {
    configure: () => undefined,
    check: () => [],
    diff: (old, inputs) => {
      const changes = differences(revealed(old.inputs), revealed(inputs));
      return { changes, replaces: [], deleteBeforeReplace: false };
    },
    create: (inputs, { type, preview }) => {
      if (preview) return Promise.resolve({ id: "", outputs: inputs });
      const id = `test-${++created}`;
      return Promise.resolve({ id, outputs: { ...inputs, ...computed(type, inputs, id) } });
    },
    update: (old, inputs) => Promise.resolve({ ...old.outputs, ...inputs }),
    read: (old) => Promise.resolve(old),
    delete: () => Promise.resolve(),
  };
}

/** What Amazon makes up for a resource, as far as others refer to it. */
export function amazonNames(type: string, inputs: Properties, id: string): Properties {
  const given = inputs.bucket ?? inputs.name;
  const name = typeof given === "string" ? given : id;
  switch (type) {
    case "aws:s3/bucket:Bucket":
      return { arn: `arn:aws:s3:::${name}`, bucket: name };
    case "aws:iam/role:Role":
      return { arn: `arn:aws:iam::000000000000:role/${name}`, name, uniqueId: id };
    case "aws:kms/key:Key":
      return { arn: `arn:aws:kms:eu-central-1:000000000000:key/${id}`, keyId: id };
    default:
      return {};
  }
}
