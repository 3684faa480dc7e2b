/** What others use in the place of a part of the platform, and which a stack file has no word for. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  kafka: "Kafka in the place of RabbitMQ",
  redpanda: "Kafka in the place of RabbitMQ",
  activemq: "ActiveMQ in the place of RabbitMQ",
  artemis: "ActiveMQ in the place of RabbitMQ",
  servicebus: "Service Bus in the place of RabbitMQ",
  nats: "NATS in the place of RabbitMQ",
  mysql: "MySQL in the place of Postgres",
  mariadb: "MariaDB in the place of Postgres",
  oracle: "Oracle in the place of Postgres",
  sqlserver: "SQL Server in the place of Postgres",
  mssql: "SQL Server in the place of Postgres",
  mongodb: "MongoDB in the place of Postgres",
  ingress: "an Ingress in the place of the Gateway API",
};

/** What to tell of a key for something that this project does not do; nothing for other keys. */
export function notDone(name: string): string | undefined {
  const what = ELSEWHERE[name.toLowerCase().replaceAll(/[-_]/g, "")];
  return what === undefined
    ? undefined
    : `${what} is none of what this does: docs/limits.md says what it would take, and what to do meanwhile`;
}
