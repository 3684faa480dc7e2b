import { didYouMean } from "../../components/schema";
import type { StackConfig } from "./schema";
import type { Problem } from "./validate";

/** A forecast names roles that there are, and says of each that has work to do what the work takes. */
export function* forecastRoles({ forecast, roles }: StackConfig): Generator<Problem> {
  if (forecast === undefined) return;
  const enabled = Object.keys(roles).filter((name) => roles[name]?.enabled === true);
  const described = Object.keys(forecast.work);
  const used = [
    ...Object.entries(forecast.channels).flatMap(([name, { passes }]) =>
      passes.map(({ role }, i) => ({ role, path: ["forecast", "channels", name, "passes", i, "role"] })),
    ),
    ...(forecast.readers === undefined ? [] : [{ role: forecast.readers.role, path: ["forecast", "readers", "role"] }]),
  ];
  for (const { role, path } of used) {
    if (!enabled.includes(role)) yield unknownRole(role, path, enabled, false);
    else if (!described.includes(role)) {
      yield { path, message: `what one piece of work of ${role} takes is not said; add mes:forecast.work.${role}` };
    }
  }
  for (const role of described) {
    if (!enabled.includes(role)) yield unknownRole(role, ["forecast", "work", role], enabled, true);
  }
}

function unknownRole(role: string, path: (string | number)[], enabled: readonly string[], atKey: boolean): Problem {
  const message = `there is no enabled role ${role}${didYouMean(role, enabled)}`;
  return { path, message, atKey, unknownName: { name: role, definedAt: ["roles"] } };
}
