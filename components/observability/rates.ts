/** Shortest time that a rate is taken over, in autoscalers, alerts and dashboards. A rate needs two scrapes. */
export const SHORTEST_RATE = "2m";
