import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { moduleVersion } from "../../docs/versions";
import { Applier } from "../cluster/apply";
import type { ApiClient } from "../cluster/api";
import { parseManifests } from "../cluster/manifests";
import { type KubernetesObject, Resources } from "../cluster/resources";
import { imageReference } from "../cluster/real/images";
import { makeTools, toolPath } from "../cluster/tools";
import { untilReady } from "../engine/kubernetes-provider/ready";
import type { Release } from "../engine/kubernetes-provider/releases";

const run = promisify(execFile);
const MANIFESTS = path.resolve(__dirname, "../../tools/manifests");

/** What the platform tells a chart of one Deployment. */
interface OwnValues {
  readonly resources?: object;
  readonly priorityClassName?: string;
  readonly extraEnvVars?: readonly object[];
  readonly extraVolumes?: readonly object[];
  readonly extraVolumeMounts?: readonly object[];
}

type Values = Record<string, any>;

interface Source {
  /** Prints the manifests. */
  readonly render: (release: DeclaredRelease) => Promise<string>;
  /** Namespace that they name; another takes its place. */
  readonly namespace?: string;
  /** Images that they name, without the tag, and those of the tests. */
  readonly images: Readonly<Record<string, string>>;
  /** Commands of containers whose images have another way to start, by image. */
  readonly commands?: Readonly<Record<string, readonly string[]>>;
  /** Without what its webhooks need: the chart leaves them out, if no value says otherwise. */
  readonly withoutWebhooks?: true;
  /** Where the chart's values speak of the one Deployment, if no chart reads them. */
  readonly values?: (values: Values) => OwnValues;
}

const CERT_MANAGER = "quay.io/jetstack/cert-manager";

/** What each release of the platform installs: from the operators' own projects, which their charts repeat. */
const SOURCES: Readonly<Record<string, readonly Source[]>> = {
  "cert-manager": [
    {
      // The one project whose chart is in its module.
      render: chart("cert-manager/deploy/charts/cert-manager"),
      images: {
        [`${CERT_MANAGER}-controller`]: "cert-manager",
        [`${CERT_MANAGER}-cainjector`]: "cert-manager",
        [`${CERT_MANAGER}-webhook`]: "cert-manager",
      },
      commands: {
        [`${CERT_MANAGER}-controller`]: ["/cert-manager", "controller"],
        [`${CERT_MANAGER}-cainjector`]: ["/cert-manager", "cainjector"],
        [`${CERT_MANAGER}-webhook`]: ["/cert-manager", "webhook"],
      },
    },
  ],
  "cloudnative-pg": [
    {
      render: folder("cloudnative-pg/releases"),
      namespace: "cnpg-system",
      images: { "ghcr.io/cloudnative-pg/cloudnative-pg": "cloudnative-pg" },
      values: (values) => values,
    },
  ],
  "barman-cloud": [
    {
      render: folder("barman-cloud"),
      namespace: "cnpg-system",
      images: {
        "ghcr.io/cloudnative-pg/plugin-barman-cloud-testing": "barman-cloud",
        "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar-testing": "barman-cloud-sidecar",
      },
      values: (values) => values,
    },
  ],
  rabbitmq: [
    {
      render: kustomization("rabbitmq-cluster-operator/config/installation"),
      namespace: "rabbitmq-system",
      images: { "ghcr.io/rabbitmq/cluster-operator": "rabbitmq-cluster-operator" },
      withoutWebhooks: true,
      values: ({ clusterOperator }) => clusterOperator as OwnValues,
    },
    {
      render: kustomization("rabbitmq-topology-operator/config/installation"),
      namespace: "rabbitmq-system",
      images: { "ghcr.io/rabbitmq/messaging-topology-operator": "rabbitmq-topology-operator" },
      values: ({ msgTopologyOperator }) => msgTopologyOperator as OwnValues,
    },
  ],
};

export const installedOperators: readonly string[] = Object.keys(SOURCES);

/** A release as the program declares it. */
export type DeclaredRelease = Release & { readonly values: Values };

/** Installs what a release of the platform stands for and, as Helm does, waits until its pods work. */
export async function installOperator(release: Release, api: ApiClient): Promise<void> {
  await makeTools("manifests", "kubectl", "helm");
  const objects = await objectsOf(release as DeclaredRelease);
  await new Applier(api).applyAll(objects, { fieldManager: "helm" });
  await Promise.all(objects.filter(({ kind }) => kind === "Deployment").map((deployment) => untilItWorks(deployment, api)));
}

/** The objects of a release, with the tests' images and the platform's values. */
export async function objectsOf(release: DeclaredRelease): Promise<KubernetesObject[]> {
  const sources = SOURCES[release.name];
  if (sources === undefined) throw new Error(`the tests know no manifests of the release ${release.name}`);
  return (await Promise.all(sources.map((source) => objectsFrom(source, release)))).flat();
}

async function objectsFrom(source: Source, release: DeclaredRelease): Promise<KubernetesObject[]> {
  const rendered = await source.render(release);
  const text = source.namespace === undefined ? rendered : rendered.replaceAll(source.namespace, release.namespace);
  return (
    parseManifests(release.name, text)
      // The definitions come out of the same modules (tools/crds) and are there already.
      .filter(({ kind }) => kind !== "CustomResourceDefinition" && kind !== "Namespace")
      .filter((object) => source.withoutWebhooks !== true || !isOfWebhooks(object))
      .map((object) => (source.withoutWebhooks === true && object.kind === "Deployment" ? withoutWebhooks(object) : object))
      .map((object) => withImages(object, source))
      .map((object) => (object.kind === "Deployment" ? withValues(object, source.values?.(release.values) ?? {}) : object))
  );
}

function withImages(object: KubernetesObject, { images, commands = {} }: Source): KubernetesObject {
  const replaced = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value === "string") return imageFor(value, images) ?? secretImage(value, images) ?? value;
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).map(([key, child]) => [key, replaced(child)] as const);
    const command =
      typeof (value as { image?: unknown }).image === "string" ? commands[nameOf((value as { image: string }).image)] : undefined;
    return { ...Object.fromEntries(entries), ...(command === undefined ? {} : { command }) };
  };
  return replaced(object) as KubernetesObject;
}

function imageFor(reference: string, images: Source["images"]): string | undefined {
  const made = images[nameOf(reference)];
  return made === undefined || !reference.includes(":") ? undefined : imageReference(made);
}

/** An image may also be told in a Secret. */
function secretImage(text: string, images: Source["images"]): string | undefined {
  const made = imageFor(Buffer.from(text, "base64").toString("utf8"), images);
  return made === undefined ? undefined : Buffer.from(made).toString("base64");
}

function nameOf(reference: string): string {
  return reference.replace(/:[^/:]*$/, "");
}

interface Deployment extends KubernetesObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: Container[]; readonly volumes?: object[] } } };
}

interface Container {
  readonly env?: object[];
  readonly ports?: object[];
  readonly volumeMounts?: object[];
}

function withValues(object: KubernetesObject, values: OwnValues): KubernetesObject {
  const { spec } = object as Deployment;
  const pod = spec.template.spec;
  const containers = pod.containers.map((container) => ({
    ...container,
    imagePullPolicy: "IfNotPresent",
    env: [...(container.env ?? []), ...(values.extraEnvVars ?? [])],
    volumeMounts: [...(container.volumeMounts ?? []), ...(values.extraVolumeMounts ?? [])],
    ...(values.resources === undefined ? {} : { resources: values.resources }),
  }));
  const template = {
    ...spec.template,
    spec: {
      ...pod,
      containers,
      volumes: [...(pod.volumes ?? []), ...(values.extraVolumes ?? [])],
      ...(values.priorityClassName === undefined ? {} : { priorityClassName: values.priorityClassName }),
    },
  };
  return { ...object, spec: { ...spec, template } };
}

const OF_WEBHOOKS = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "Certificate", "Issuer"];

function isOfWebhooks({ kind, metadata: { name } }: KubernetesObject): boolean {
  return OF_WEBHOOKS.includes(kind) || (kind === "Service" && name.includes("webhook"));
}

/** The operator serves none, and mounts no certificate that nobody makes. */
function withoutWebhooks(object: KubernetesObject): KubernetesObject {
  const { spec } = object as Deployment;
  const others = (items: readonly object[] = []): object[] =>
    items.filter((item) => !String((item as { name?: string }).name).includes("webhook"));
  const { containers, volumes, ...pod } = spec.template.spec;
  const serving = containers.map((container) => ({
    ...container,
    env: [...(container.env ?? []), { name: "ENABLE_WEBHOOKS", value: "false" }],
    ports: others(container.ports),
    volumeMounts: others(container.volumeMounts),
  }));
  const template = { ...spec.template, spec: { ...pod, containers: serving, volumes: others(volumes) } };
  return { ...object, spec: { ...spec, template } };
}

async function untilItWorks(deployment: KubernetesObject, api: ApiClient): Promise<void> {
  const path = await new Resources(api).pathOf(deployment);
  const { problem } = await untilReady(deployment, { api, path, seconds: 240 });
  if (problem !== undefined) throw new Error(`${deployment.metadata.name} does not work: ${problem}`);
}

function folder(name: string): Source["render"] {
  return async () => {
    const files = (await readdir(path.join(MANIFESTS, name))).map((file) => readFile(path.join(MANIFESTS, name, file), "utf8"));
    return (await Promise.all(files)).join("\n---\n");
  };
}

function kustomization(folder: string): Source["render"] {
  return async () => (await run(toolPath("kubectl"), ["kustomize", path.join(MANIFESTS, folder)], { maxBuffer: 2 ** 26 })).stdout;
}

function chart(folder: string): Source["render"] {
  return async ({ name, namespace, values }) => {
    const args = ["template", name, path.join(MANIFESTS, folder), `--namespace=${namespace}`, "--values=-"];
    // Without it the chart is told that of the library that Helm was compiled with, or none.
    args.push(`--kube-version=${moduleVersion("kubernetes")}`);
    const rendering = run(toolPath("helm"), args, { maxBuffer: 2 ** 26 });
    rendering.child.stdin?.end(stringify(values));
    return (await rendering).stdout;
  };
}
