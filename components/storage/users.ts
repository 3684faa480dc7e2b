/** A program that uses the object store, and what it may do with which bucket (by the bucket's logical name). */
export interface BucketUser {
  /** Unique in the stack, e.g. `loki`. */
  readonly name: string;
  /** Where its pods run. */
  readonly namespace: string;
  /** The service account of its pods. */
  readonly serviceAccount: string;
  readonly buckets: Readonly<Record<string, "read" | "readwrite">>;
}

/** Users that the object store has beside the roles of the MES: its own, the database's backups and Loki. */
export const OTHER_BUCKET_USERS: readonly string[] = ["root", "postgres", "loki"];
