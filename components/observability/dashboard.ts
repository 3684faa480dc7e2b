/** A Grafana dashboard, as built by the Grafana Foundation SDK. */
export interface Dashboard {
  /** Stable identifier, at most 40 characters. */
  readonly uid: string;
  readonly title: string;
  /** The dashboard's JSON model. */
  readonly model: object;
}
