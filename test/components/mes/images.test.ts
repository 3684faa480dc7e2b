import { Mes } from "../../../components/mes/mes";
import { environment, recorded } from "../../helpers/record";
import { bindings, roles, SCALING } from "./fixture";
import { asKubelet } from "./kubelet";

/*
 * How programs that others have written are told where database and broker are. Each row is a role as a stack file has it, and what the
 * program then finds. Sources are the programs' own manuals.
 */

const USES = {
  database: { access: "readwrite", poolSize: 7 },
  consumes: [{ queue: "orders.inbound" }],
  publishes: ["orders"],
};
const PASSWORD = "s3cret";
const POSTGRES = "mes:s3cret@postgres-rw.mes-data.svc:5432/mes";
const AMQP = "mes:s3cret@broker.mes-data.svc:5671/mes";

interface Image {
  readonly role: object;
  /** Variables that the program finds. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files that the program finds. */
  readonly files?: Readonly<Record<string, string>>;
}

const IMAGES: Readonly<Record<string, Image>> = {
  // https://docs.spring.io/spring-boot/reference/features/external-config.html
  "Spring Boot, by variables": {
    role: {
      env: {
        SPRING_DATASOURCE_URL:
          "jdbc:postgresql://$(PGHOST):$(PGPORT)/$(PGDATABASE)?sslmode=$(PGSSLMODE)&sslrootcert=$(PGSSLROOTCERT)",
        SPRING_DATASOURCE_USERNAME: "$(PGUSER)",
        SPRING_DATASOURCE_PASSWORD: "$(PGPASSWORD)",
        "spring.datasource.hikari.maximum-pool-size": "$(MES_DB_POOL_SIZE)",
        "spring.rabbitmq.addresses": "amqps://$(AMQP_USERNAME):$(AMQP_PASSWORD)@$(AMQP_HOST):$(AMQP_PORT)/$(AMQP_VHOST)",
      },
    },
    env: {
      SPRING_DATASOURCE_URL:
        "jdbc:postgresql://postgres-rw.mes-data.svc:5432/mes?sslmode=verify-full&sslrootcert=/etc/mes/ca/ca.crt",
      SPRING_DATASOURCE_USERNAME: "mes",
      SPRING_DATASOURCE_PASSWORD: PASSWORD,
      "spring.datasource.hikari.maximum-pool-size": "7",
      "spring.rabbitmq.addresses": `amqps://${AMQP}`,
    },
  },
  "Spring Boot, by a properties file": {
    role: {
      files: {
        "/config/application.properties":
          "spring.datasource.url=jdbc:postgresql://$(PGHOST):$(PGPORT)/$(PGDATABASE)\nspring.datasource.username=$(PGUSER)\nspring.datasource.password=$(PGPASSWORD)\n",
      },
    },
    files: {
      "/config/application.properties":
        "spring.datasource.url=jdbc:postgresql://postgres-rw.mes-data.svc:5432/mes\nspring.datasource.username=mes\nspring.datasource.password=s3cret\n",
    },
  },
  // https://learn.microsoft.com/en-us/aspnet/core/fundamentals/configuration/, https://www.npgsql.org/doc/connection-string-parameters.html
  "ASP.NET Core, by variables": {
    role: {
      env: {
        ConnectionStrings__Default:
          "Host=$(PGHOST);Port=$(PGPORT);Database=$(PGDATABASE);Username=$(PGUSER);Password=$(PGPASSWORD);SSL Mode=VerifyFull;Root Certificate=$(PGSSLROOTCERT);Maximum Pool Size=$(MES_DB_POOL_SIZE)",
        ASPNETCORE_URLS: "http://+:$(MES_HTTP_PORT)",
      },
      http: { port: 5000 },
    },
    env: {
      ConnectionStrings__Default:
        "Host=postgres-rw.mes-data.svc;Port=5432;Database=mes;Username=mes;Password=s3cret;SSL Mode=VerifyFull;Root Certificate=/etc/mes/ca/ca.crt;Maximum Pool Size=7",
      ASPNETCORE_URLS: "http://+:5000",
    },
  },
  "ASP.NET Core, by a JSON file beside the program": {
    role: {
      files: { "/app/appsettings.Production.json": '{"RabbitMQ": {"HostName": "$(AMQP_HOST)", "Password": "$(AMQP_PASSWORD)"}}' },
    },
    files: { "/app/appsettings.Production.json": '{"RabbitMQ": {"HostName": "broker.mes-data.svc", "Password": "s3cret"}}' },
  },
  // https://node-postgres.com/features/connecting, https://amqp-node.github.io/amqplib/channel_api.html
  "Node.js with pg and amqplib": {
    role: {
      env: {
        DATABASE_URL: "postgres://$(PGUSER):$(PGPASSWORD)@$(PGHOST):$(PGPORT)/$(PGDATABASE)",
        CLOUDAMQP_URL: "amqps://$(AMQP_USERNAME):$(AMQP_PASSWORD)@$(AMQP_HOST):$(AMQP_PORT)/$(AMQP_VHOST)",
        NODE_EXTRA_CA_CERTS: "$(AMQP_CA_FILE)",
      },
    },
    env: { DATABASE_URL: `postgres://${POSTGRES}`, CLOUDAMQP_URL: `amqps://${AMQP}`, NODE_EXTRA_CA_CERTS: "/etc/mes/ca/ca.crt" },
  },
  // https://www.odoo.com/documentation/18.0/administration/on_premise/deploy.html
  "Odoo, by its configuration file": {
    role: {
      http: { port: 8069 },
      ports: { longpolling: 8072 },
      files: {
        "/etc/odoo/odoo.conf":
          "[options]\ndb_host = $(PGHOST)\ndb_port = $(PGPORT)\ndb_user = $(PGUSER)\ndb_password = $(PGPASSWORD)\ndb_sslmode = $(PGSSLMODE)\ndb_maxconn = $(MES_DB_POOL_SIZE)\n",
      },
    },
    files: {
      "/etc/odoo/odoo.conf":
        "[options]\ndb_host = postgres-rw.mes-data.svc\ndb_port = 5432\ndb_user = mes\ndb_password = s3cret\ndb_sslmode = verify-full\ndb_maxconn = 7\n",
    },
  },
  // https://docs.frappe.io/framework/user/en/basics/site_config
  "ERPNext, by its site's JSON file": {
    role: {
      cache: true,
      files: {
        "/home/frappe/frappe-bench/sites/common_site_config.json":
          '{"db_type": "postgres", "db_host": "$(PGHOST)", "db_password": "$(PGPASSWORD)", "redis_cache": "rediss://$(VALKEY_USERNAME):$(VALKEY_PASSWORD)@$(VALKEY_HOST):$(VALKEY_PORT)"}',
      },
    },
    files: {
      "/home/frappe/frappe-bench/sites/common_site_config.json":
        '{"db_type": "postgres", "db_host": "postgres-rw.mes-data.svc", "db_password": "s3cret", "redis_cache": "rediss://mes:s3cret@cache.mes-data.svc:6379"}',
    },
  },
  // https://quarkus.io/guides/datasource, https://quarkus.io/guides/config-reference
  Quarkus: {
    role: {
      env: {
        QUARKUS_DATASOURCE_JDBC_URL: "jdbc:postgresql://$(PGHOST):$(PGPORT)/$(PGDATABASE)",
        "quarkus.datasource.username": "$(PGUSER)",
        "quarkus.datasource.password": "$(PGPASSWORD)",
      },
    },
    env: {
      QUARKUS_DATASOURCE_JDBC_URL: "jdbc:postgresql://postgres-rw.mes-data.svc:5432/mes",
      "quarkus.datasource.username": "mes",
      "quarkus.datasource.password": PASSWORD,
    },
  },
  // https://docs.celeryq.dev/en/stable/userguide/configuration.html, https://github.com/jazzband/dj-database-url
  "Django and Celery": {
    role: {
      env: {
        DATABASE_URL: "postgres://$(PGUSER):$(PGPASSWORD)@$(PGHOST):$(PGPORT)/$(PGDATABASE)?conn_max_age=60",
        CELERY_BROKER_URL: "$(BROKER)",
        BROKER: "amqps://$(AMQP_USERNAME):$(AMQP_PASSWORD)@$(AMQP_HOST):$(AMQP_PORT)/$(AMQP_VHOST)",
      },
    },
    env: { DATABASE_URL: `postgres://${POSTGRES}?conn_max_age=60`, CELERY_BROKER_URL: `amqps://${AMQP}` },
  },
  // https://laravel.com/docs/12.x/database#configuration
  "Laravel, by its .env file": {
    role: {
      files: { "/var/www/html/.env": "DB_CONNECTION=pgsql\nDB_HOST=$(PGHOST)\nDB_PASSWORD=$(PGPASSWORD)\nAPP_NAME=$$(APP)\n" },
    },
    files: {
      "/var/www/html/.env": "DB_CONNECTION=pgsql\nDB_HOST=postgres-rw.mes-data.svc\nDB_PASSWORD=s3cret\nAPP_NAME=$(APP)\n",
    },
  },
  // https://www.postgresql.org/docs/18/libpq-envars.html
  "a program of libpq, which needs to be told nothing": {
    role: {},
    env: { PGHOST: "postgres-rw.mes-data.svc", PGUSER: "mes", PGPASSWORD: PASSWORD },
  },
};

type Json = any;

async function podOf(role: object): Promise<{ env: Record<string, string>; files: Record<string, string>; secret: string[] }> {
  const args = {
    environment: environment(),
    roles: roles({ mes: { ...USES, ...role } }),
    bindings: bindings(),
    scaling: SCALING,
  };
  const { object, objects } = await recorded((opts) => new Mes("mes", args, opts));
  const { spec } = object("Deployment", "mes").spec.template;
  const [container] = spec.containers;
  // A Secret of the platform holds a password, or the name of the user beside it.
  const fromSecret = (key: string) => (key === "username" ? "mes" : PASSWORD);
  const env = asKubelet(
    Object.fromEntries(
      container.env.map(({ name, value, valueFrom }: Json) => [
        name,
        value ?? (valueFrom.secretKeyRef === undefined ? "mes-1" : fromSecret(valueFrom.secretKeyRef.key)),
      ]),
    ),
  );
  const files: Record<string, string> = {};
  const secret: string[] = [];
  for (const mount of container.volumeMounts.filter(({ name }: Json) => name === "files" || name === "secret-files")) {
    const volume = spec.volumes.find(({ name }: Json) => name === mount.name);
    const source = volume.configMap?.name ?? volume.secret.secretName;
    const made = (objects(volume.secret === undefined ? "ConfigMap" : "Secret") as Json)[source];
    files[mount.mountPath] = (made.data ?? made.stringData)[mount.subPath];
    if (volume.secret !== undefined) secret.push(mount.mountPath);
  }
  return { env, files, secret };
}

describe("an image in its own words", () => {
  it.each(Object.entries(IMAGES))("%s", async (_, { role, env = {}, files = {} }) => {
    const pod = await podOf(role);
    expect(pod.env).toMatchObject(env);
    // A plan shows all of a file but its secrets.
    expect(pod.files).toEqual(
      Object.fromEntries(Object.entries(files).map(([file, text]) => [file, text.replaceAll(PASSWORD, "[secret]")])),
    );
    // What has a password in it is in a Secret, never in a ConfigMap.
    expect(pod.secret).toEqual(Object.keys(files));
  });

  it("keeps a file without a secret in a ConfigMap", async () => {
    const pod = await podOf({ files: { "/etc/mes.ini": "host=$(PGHOST)\nca=$(PGSSLROOTCERT)\n" } });
    expect(pod).toMatchObject({
      files: { "/etc/mes.ini": "host=postgres-rw.mes-data.svc\nca=/etc/mes/ca/ca.crt\n" },
      secret: [],
    });
  });
});
