import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { imagesConfig } from "../../components/images/config";
import { chartValues } from "../../components/operators/values";
import type { Cluster } from "./cluster";
import { lightCluster } from "./light";
import { type KubernetesObject } from "./resources";
import { CRDS, makeTools, toolPath } from "./tools";

const run = promisify(execFile);
const MODULE = "github.com/rabbitmq/cluster-operator/v2";
/** A version before the pinned one, and the hash of its module. */
const BEFORE = { version: "v2.19.1", sum: "h1:X+esx280ydkFBFh2hX/zNvTWfdLMk8/uv0kfV0EHfyI=" };
const NAME = "rabbitmqclusters.rabbitmq.com";
const DEFINITION = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${NAME}`;
const OBJECT = "/apis/rabbitmq.com/v1beta1/namespaces/default/rabbitmqclusters/broker";

interface Definition extends KubernetesObject {
  readonly spec: { readonly versions: readonly { readonly schema: object }[] };
}

/**
 * Helm itself, with charts of the shape that RabbitMQ's has: definitions below the folder `crds/`, and a value whose texts are rendered as
 * templates. The flags are those that the plug-in gives Helm for what `Operators` declares.
 */
describe("an update of RabbitMQ's operator", () => {
  let cluster: Cluster;
  let folder: string;
  let values: string;
  const helm = (...args: string[]) =>
    run(toolPath("helm"), [...args, "--namespace=mes-operators", `--kubeconfig=${cluster.kubeconfig}`], { maxBuffer: 2 ** 26 });
  const definition = () => cluster.api.get<Definition>(DEFINITION);
  const schemas = ({ spec }: Definition) => spec.versions.map(({ schema }) => schema);
  let former: object[];
  let uid: string | undefined;

  beforeAll(async () => {
    await makeTools("crds", "helm");
    cluster = await lightCluster();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-charts-"));
    chart(path.join(folder, "before"), await formerDefinitions());
    chart(path.join(folder, "now"), path.join(CRDS, "rabbitmq-cluster-operator"));
    const { extraDeploy } = chartValues("rabbitmq", {
      images: imagesConfig.parse({}),
      replicas: 1,
      priorityClassName: "mes-platform",
      signedKubelets: true,
    });
    values = path.join(folder, "values.yaml");
    fs.writeFileSync(values, stringify({ extraDeploy }));
  });
  afterAll(async () => {
    await cluster.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test("by Helm alone leaves the definitions as they were", async () => {
    await helm("install", "rabbitmq", path.join(folder, "before"), "--create-namespace");
    former = schemas(await definition());
    const body = {
      apiVersion: "rabbitmq.com/v1beta1",
      kind: "RabbitmqCluster",
      metadata: { name: "broker" },
      spec: { replicas: 3 },
    };
    await cluster.api.request("POST", path.posix.dirname(OBJECT), { body });
    uid = (await cluster.api.get<KubernetesObject & { metadata: { uid: string } }>(OBJECT)).metadata.uid;
    await helm("upgrade", "rabbitmq", path.join(folder, "now"));
    expect(schemas(await definition())).toEqual(former);
  });

  test("by the platform brings them, and every object stays", async () => {
    await helm(
      "upgrade",
      "rabbitmq",
      path.join(folder, "now"),
      "--values",
      values,
      "--atomic",
      "--cleanup-on-fail",
      "--take-ownership",
    );
    const { metadata, ...updated } = await definition();
    expect(schemas({ ...updated, metadata })).not.toEqual(former);
    expect(metadata.annotations).toMatchObject({ "meta.helm.sh/release-name": "rabbitmq", "helm.sh/resource-policy": "keep" });
    expect((await cluster.api.get<KubernetesObject & { metadata: { uid: string } }>(OBJECT)).metadata.uid).toBe(uid);
    // What is in the chart is what is there: nothing to change.
    const difference = await cluster.kubectl(
      "diff",
      "--server-side",
      "--force-conflicts",
      "--filename",
      path.join(folder, "now", "crds"),
      "--recursive",
    );
    expect(difference).toBe("");
  });

  test("of another release is refused, with what to do", async () => {
    const other = helm("install", "other", path.join(folder, "now"), "--values", values, "--skip-crds", "--take-ownership");
    await expect(other).rejects.toThrow(`the definition ${NAME} belongs to the Helm release rabbitmq`);
  });

  test("a release that goes leaves definitions and objects", async () => {
    await helm("uninstall", "rabbitmq");
    expect((await cluster.api.get<KubernetesObject & { metadata: { uid: string } }>(OBJECT)).metadata.uid).toBe(uid);
  });

  test("a chart without definitions fails instead of coming without them", async () => {
    chart(path.join(folder, "empty"), undefined);
    const install = helm("install", "empty", path.join(folder, "empty"), "--values", values);
    await expect(install).rejects.toThrow("the chart has no definitions in its folder crds");
  });
});

/** A chart in a folder of its own, with the definitions of another folder. */
function chart(folder: string, definitions: string | undefined): void {
  fs.mkdirSync(path.join(folder, "templates"), { recursive: true });
  fs.writeFileSync(path.join(folder, "Chart.yaml"), stringify({ apiVersion: "v2", name: "operator", version: "1.0.0" }));
  fs.writeFileSync(
    path.join(folder, "templates", "more.yaml"),
    "{{- range .Values.extraDeploy }}\n---\n{{ tpl . $ }}\n{{- end }}\n",
  );
  if (definitions === undefined) return;
  const nested = path.join(folder, "crds", "cluster");
  fs.mkdirSync(nested, { recursive: true });
  for (const file of fs.readdirSync(definitions).filter((name) => name.includes("rabbitmqclusters")))
    fs.copyFileSync(path.join(definitions, file), path.join(nested, file));
}

/** Folder of the definitions of the version before, held against its hash. */
async function formerDefinitions(): Promise<string> {
  const { stdout } = await run("go", ["mod", "download", "-json", `${MODULE}@${BEFORE.version}`], {
    cwd: os.tmpdir(),
    // Not every version is in the database of hashes, so it is held against the one above.
    env: { ...process.env, GONOSUMDB: MODULE },
  });
  const { Dir, Sum } = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
  if (Sum !== BEFORE.sum) throw new Error(`${MODULE} ${BEFORE.version} is not what it was: ${Sum}`);
  return path.join(Dir, "config", "crd", "bases");
}
