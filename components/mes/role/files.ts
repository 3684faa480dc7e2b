import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { secretText } from "../../credentials/secret-text";
import { objectLabels } from "../../objects/labels";
import { ConfigFiles } from "../../workload/config-files";
import type { EnvVarSource, Volume, VolumeMount } from "../../workload/pod";
import { expanded, readBy } from "./templates";

const COMPONENT = "mes";

export interface RoleFilesArgs {
  readonly namespace: string;
  /** Texts by path, with references to variables. */
  readonly files: Readonly<Record<string, string>>;
  /** The variables of the role. */
  readonly env: Readonly<Record<string, string | EnvVarSource>>;
  /** Values of those that are secret. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
}

export interface RoleFiles {
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
  /** Secret files, whose change must roll the pods. */
  readonly rollOn: readonly pulumi.Output<string>[];
  readonly objects: readonly pulumi.Resource[];
}

/** Configuration files of a role: those with a secret in them in a Secret, the others in a ConfigMap. Each is mounted alone, beside what the image has there. */
export function roleFiles(name: string, args: RoleFilesArgs, opts: pulumi.CustomResourceOptions): RoleFiles {
  const texts = textsOf(args.env);
  const rendered = Object.entries(args.files).map(([path, text]) => {
    const secret = [...readBy(text, texts)].filter((variable) => Object.hasOwn(args.secrets, variable));
    return { path, text, secret };
  });
  const open = rendered.filter(({ secret }) => secret.length === 0);
  const hidden = rendered.filter(({ secret }) => secret.length > 0);
  const parts = [
    ...(open.length === 0
      ? []
      : [
          openFiles(
            name,
            args,
            open.map(({ path, text }) => [path, rendering(text, texts, {})]),
            opts,
          ),
        ]),
    ...(hidden.length === 0 ? [] : [secretFiles(name, args, hidden, opts)]),
  ];
  return {
    volumes: parts.flatMap(({ volumes }) => volumes),
    volumeMounts: parts.flatMap(({ volumeMounts }) => volumeMounts),
    rollOn: parts.flatMap(({ rollOn }) => rollOn),
    objects: parts.flatMap(({ objects }) => objects),
  };
}

type Texts = Readonly<Record<string, string>>;

function textsOf(env: RoleFilesArgs["env"]): Texts {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
}

/** A text with all values in it, of which some refer to others. */
function rendering(text: string, texts: Texts, secrets: Texts): string {
  return expanded(
    text,
    (name) => secrets[name] ?? (texts[name] === undefined ? undefined : rendering(texts[name], texts, secrets)),
  );
}

/** Key of a file in its object: `/app/conf/mes.ini` → `app_conf_mes.ini`. */
function keyOf(path: string): string {
  return path.slice(1).replaceAll(/[^\w.-]/g, "_");
}

function mounted(volume: string, paths: readonly string[]): VolumeMount[] {
  return paths.map((mountPath) => ({ name: volume, mountPath, subPath: keyOf(mountPath), readOnly: true }));
}

function openFiles(
  name: string,
  { namespace }: RoleFilesArgs,
  files: readonly (readonly [string, string])[],
  opts: pulumi.CustomResourceOptions,
): RoleFiles {
  const byKey = Object.fromEntries(files.map(([path, text]) => [`/${keyOf(path)}`, text]));
  const { name: object, configMap } = new ConfigFiles(
    name,
    { namespace, labels: objectLabels(name, COMPONENT), files: byKey },
    opts,
  );
  return {
    volumes: [{ name: "files", configMap: { name: object } }],
    volumeMounts: mounted(
      "files",
      files.map(([path]) => path),
    ),
    rollOn: [],
    objects: [configMap],
  };
}

function secretFiles(
  name: string,
  { namespace, env, secrets }: RoleFilesArgs,
  files: readonly { readonly path: string; readonly text: string; readonly secret: readonly string[] }[],
  opts: pulumi.CustomResourceOptions,
): RoleFiles {
  const texts = textsOf(env);
  const contents = files.map(({ path, text, secret }) => {
    // The name of a user is in a Secret because of the password beside it: nobody needs to hide it.
    const plain = secret.flatMap((variable) => (typeof secrets[variable] === "string" ? [[variable, secrets[variable]]] : []));
    const hidden = secret.filter((variable) => typeof secrets[variable] !== "string");
    const render = (given: readonly string[]) => {
      const values = hidden.map((variable, i) => [variable, given[i] ?? ""]);
      return rendering(text, texts, Object.fromEntries([...plain, ...values]) as Texts);
    };
    return [
      keyOf(path),
      secretText(
        render,
        hidden.map((variable) => secrets[variable] ?? ""),
      ),
    ] as const;
  });
  const object = `${name}-files`;
  const metadata = { name: object, namespace, labels: objectLabels(name, COMPONENT) };
  const made = new k8s.core.v1.Secret(object, { metadata, type: "Opaque", stringData: Object.fromEntries(contents) }, opts);
  return {
    volumes: [{ name: "secret-files", secret: { secretName: object } }],
    volumeMounts: mounted(
      "secret-files",
      files.map(({ path }) => path),
    ),
    rollOn: contents.map(([, text]) => text),
    objects: [made],
  };
}
