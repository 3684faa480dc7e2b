import { differences } from "../provider/differences";
import { type Properties, revealed } from "../provider/properties";
import type { Difference, Resource, ResourceRequest, TestProvider } from "../provider/serve";
import type { Amazon } from "./amazon";
import { IAM } from "./iam";
import { type Inputs, type Kind, type Live, type Tags, unlessGone } from "./kind";
import { KMS } from "./kms";
import { RECORDED } from "./recorded";
import { S3 } from "./s3";

const KINDS: Readonly<Record<string, Kind>> = { ...S3, ...IAM, ...KMS, ...RECORDED };

/**
 * A test provider that stands for the plug-in `aws`, which no package registry serves, and makes what it is asked for by the
 * APIs of a stand-in of Amazon. It knows the kinds that the components declare, and refuses any other, and any input that it
 * does not know of those.
 */
export class AwsTestProvider implements TestProvider {
  #tags: Tags = {};

  constructor(private readonly amazon: Amazon) {}

  async configure(args: Properties): Promise<void> {
    const { region, allowedAccountIds, defaultTags, assumeRoles, profile } = settings(args);
    if (region !== this.amazon.region) throw new Error(`the test provider has no region ${region}, only ${this.amazon.region}`);
    if (assumeRoles !== undefined || profile !== undefined) throw new Error("the test provider takes no role and no profile");
    const { Account } = await this.amazon.call("sts", "get_caller_identity");
    if (allowedAccountIds?.includes(Account) === false) throw new Error(`AWS account ID not allowed: ${Account}`);
    this.#tags = defaultTags?.tags ?? {};
  }

  check(inputs: Properties, { type }: ResourceRequest): readonly string[] {
    const kind = KINDS[type];
    if (kind === undefined) return [`the test provider makes no ${type}`];
    const known = [...kind.fixed, ...kind.changeable];
    const unknown = Object.keys(inputs).filter((key) => !known.includes(key));
    return unknown.map((key) => `the test provider knows no ${key} of a ${type}`);
  }

  diff(old: Resource, inputs: Properties, { type }: ResourceRequest): Difference {
    const changes = differences(revealed(old.inputs), revealed(inputs));
    const { fixed } = kindOf(type);
    const replaces = changes.filter((path) => fixed.includes(path.split(/[.[]/)[0] ?? path));
    const { tagsAll } = old.outputs;
    if (tagsAll !== undefined) changes.push(...differences(tagsAll, this.#tags, "tagsAll"));
    // Names are given: two of one name cannot be.
    return { changes, replaces, deleteBeforeReplace: replaces.length > 0 };
  }

  async create(inputs: Properties, { type, preview }: ResourceRequest): Promise<Omit<Resource, "inputs">> {
    if (preview) return { id: "", outputs: inputs };
    const declared = revealed(inputs) as Inputs;
    const id = await kindOf(type).create(this.amazon, declared, this.#tags);
    return { id, outputs: outputsOf(declared, await this.#made(type, id, declared)) };
  }

  async update({ id, outputs }: Resource, inputs: Properties, { type, preview }: ResourceRequest): Promise<Properties> {
    if (preview) return { ...outputs, ...inputs };
    const declared = revealed(inputs) as Inputs;
    await kindOf(type).update(this.amazon, id, declared, this.#tags);
    return outputsOf(declared, await this.#made(type, id, declared));
  }

  async read(old: Resource, { type }: ResourceRequest): Promise<Resource | undefined> {
    const declared = revealed(old.inputs) as Inputs;
    const live = await unlessGone(kindOf(type).read(this.amazon, old.id, declared));
    if (live === undefined) return undefined;
    const inputs = inWordsOf(declared, live.inputs);
    return { id: old.id, inputs, outputs: outputsOf(inputs, live) };
  }

  async delete({ id, inputs }: Resource, { type }: ResourceRequest): Promise<void> {
    await unlessGone(kindOf(type).delete(this.amazon, id, revealed(inputs) as Inputs));
  }

  async #made(type: string, id: string, declared: Inputs): Promise<Live> {
    const live = await unlessGone(kindOf(type).read(this.amazon, id, declared));
    if (live === undefined) throw new Error(`${type} ${id} was made and is not there`);
    return live;
  }
}

interface Settings {
  readonly region?: string;
  readonly profile?: string;
  readonly allowedAccountIds?: readonly string[];
  readonly assumeRoles?: readonly object[];
  readonly defaultTags?: { readonly tags?: Tags };
}

/** A provider's configuration comes with its lists and objects as JSON. */
function settings(args: Properties): Settings {
  const plain = Object.entries(revealed(args) as Record<string, string>);
  return Object.fromEntries(plain.map(([key, value]) => [key, parsed(value)]));
}

function parsed(value: unknown): unknown {
  return typeof value === "string" && /^[[{]/.test(value) ? JSON.parse(value) : value;
}

function kindOf(type: string): Kind {
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`the test provider makes no ${type}`);
  return kind;
}

function outputsOf(inputs: Inputs, { computed, tags }: Live): Properties {
  return { ...inputs, ...computed, ...(tags === undefined ? {} : { tagsAll: tags }) };
}

/** As declared wherever that means the same: a policy is JSON, and the API may write it in another way. */
function inWordsOf(declared: Inputs, live: Inputs): Inputs {
  const same = (key: string, value: unknown) => differences(parsed(declared[key]), parsed(value)).length === 0;
  return Object.fromEntries(Object.entries(live).map(([key, value]) => [key, same(key, value) ? declared[key] : value]));
}
