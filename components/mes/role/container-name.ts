/** Name of the one container of a role's pods; autoscalers and dashboards measure it. */
export const CONTAINER = "mes";
