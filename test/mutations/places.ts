import type { EditedPlan } from "./edited-plan";

/** Data of the ConfigMap whose name begins so: the rest of it is a hash of what is in it. */
export function configMapData(edited: EditedPlan, start: string): Record<string, string> {
  const found = edited.every("ConfigMap").find(({ inputs }) => String(inputs.metadata.name).startsWith(start));
  if (found === undefined) throw new Error(`no ConfigMap ${start}`);
  return found.inputs.data;
}

/** A user of the database, as the operator keeps it. */
export function databaseRole(edited: EditedPlan, name: string): any {
  const found = edited.spec("Cluster", "postgres").managed.roles.find((one: any) => one.name === name);
  if (found === undefined) throw new Error(`the database has no role ${name}`);
  return found;
}

/** Changes the configuration of Alertmanager, as text. */
export function alertmanagerText(edited: EditedPlan, from: string | RegExp, to: string): void {
  edited.text(edited.inputs("Secret", "alertmanager-config").stringData, "alertmanager.yaml", from, to);
}
