/** A program's access to the broker, as the roles of the MES declare it. */
export interface BrokerUser {
  /** Name of the program; the user's name at the broker. */
  readonly name: string;
  /** Queues that it reads. */
  readonly consumes: string[];
  /** Exchanges that it publishes to. */
  readonly publishes: string[];
}
