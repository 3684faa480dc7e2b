import { cause, harmful } from "../making";
import type { Generator, Harmful, StackName } from "../mutation";
import { databaseRole } from "../places";
import { placesOf } from "./places";

const { plan } = harmful("rights");

const SAYS = /user|role|right|password|login|grant|member|group|refus|there|permission|secret|write|read/i;

/** Each user of the database: left out, with another's password, with another's groups, and of another name. */
export const users: Generator<Harmful> = (world) => {
  const all = placesOf(world, ["Cluster"]).flatMap(({ stack, inputs }) =>
    inputs.spec.managed.roles
      .filter((role: any) => role.login)
      .map((role: any) => ({ stack, role, roles: inputs.spec.managed.roles })),
  ) as { stack: StackName; role: any; roles: any[] }[];
  const at = ({ stack, role }: (typeof all)[number]) => `${role.name}${stack === "prod" ? "" : `@${stack}`}`;
  const of = (name: string) => cause([name, name.replaceAll("_", "-")], SAYS);
  const others = ({ role, roles }: (typeof all)[number]) => roles.filter((one) => one.login && one.name !== role.name);
  return [
    ...world.random.some(2, all).map((one) =>
      plan(
        {
          id: `database-user-dropped:${at(one)}`,
          stack: one.stack,
          harm: `the database has no user ${one.role.name}: it never gets a connection`,
          cause: of(one.role.name),
        },
        (edited) => {
          const { managed } = edited.spec("Cluster", "postgres");
          managed.roles = managed.roles.filter(({ name }: any) => name !== one.role.name);
        },
      ),
    ),
    ...world.random.some(2, all).map((one) => {
      const other = world.random.one(others(one));
      return plan(
        {
          id: `database-user-with-anothers-password:${at(one)}`,
          stack: one.stack,
          harm: `${one.role.name} has the password of ${other.name} in the database alone: it is refused`,
          cause: of(one.role.name),
        },
        (edited) => (databaseRole(edited, one.role.name).passwordSecret.name = other.passwordSecret.name),
      );
    }),
    ...world.random
      .some(
        2,
        all.filter((one) => others(one).some((other) => other.inRoles.join() !== one.role.inRoles.join())),
      )
      .map((one) => {
        const other = world.random.one(others(one).filter(({ inRoles }) => inRoles.join() !== one.role.inRoles.join()));
        return plan(
          {
            id: `database-user-with-anothers-groups:${at(one)}`,
            stack: one.stack,
            harm: `${one.role.name} may do what ${other.name} may: too much, or not what it has to`,
            cause: of(one.role.name),
          },
          (edited) => (databaseRole(edited, one.role.name).inRoles = structuredClone(other.inRoles)),
        );
      }),
    ...world.random.some(2, all).map((one) =>
      plan(
        {
          id: `database-user-of-another-name:${at(one)}`,
          stack: one.stack,
          harm: `the program logs in as ${one.role.name}, and the database knows ${one.role.name}_app`,
          cause: of(one.role.name),
        },
        (edited) => (databaseRole(edited, one.role.name).name += "_app"),
      ),
    ),
  ];
};
