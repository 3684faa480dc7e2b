import { type Amazon, AmazonError } from "./amazon";

/** Inputs of a resource, plain and known. */
export type Inputs = Readonly<Record<string, any>>;

export type Tags = Readonly<Record<string, string>>;

/** What the API says of a resource. */
export interface Live {
  /** In the form of the resource's inputs. */
  readonly inputs: Inputs;
  /** What Amazon adds, as an ARN. */
  readonly computed?: Inputs;
  /** Only of what can be tagged. */
  readonly tags?: Tags;
}

/** How one kind of resource is made. */
export interface Kind {
  /** Inputs that nothing can change: another value needs another resource. */
  readonly fixed: readonly string[];
  /** All others that it has. */
  readonly changeable: readonly string[];
  /** @returns its id */
  create(amazon: Amazon, inputs: Inputs, tags: Tags): Promise<string>;
  update(amazon: Amazon, id: string, inputs: Inputs, tags: Tags): Promise<void>;
  /**
   * @param declared its inputs: what no API knows is taken from there
   * @returns undefined when there is none any more; an AmazonError that says so does as well
   */
  read(amazon: Amazon, id: string, declared: Inputs): Promise<Live | undefined>;
  delete(amazon: Amazon, id: string, declared: Inputs): Promise<void>;
}

const GONE = new Set([
  "404",
  "NoSuchBucket",
  "NoSuchBucketPolicy",
  "NoSuchEntity",
  "NoSuchLifecycleConfiguration",
  "NoSuchPublicAccessBlockConfiguration",
  "NoSuchTagSet",
  "NotFoundException",
  "ObjectLockConfigurationNotFoundError",
  "OwnershipControlsNotFoundError",
  "ServerSideEncryptionConfigurationNotFoundError",
]);

/** What a call answers; undefined when it says that what it is about is not there. */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AmazonError && GONE.has(error.code)) return undefined;
    throw error;
  }
}
