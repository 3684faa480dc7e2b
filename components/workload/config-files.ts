import * as path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { shortHash } from "../objects/short-hash";
import type { Volume, VolumeMount } from "./pod";

/**
 * Configuration files for a pod, by absolute path. They become one immutable ConfigMap whose name carries a hash of its
 * content: a changed file is a new name, so it rolls the pods exactly once, and a roll-back finds the old one.
 */
export class ConfigFiles {
  readonly volumes: Volume[];
  readonly volumeMounts: VolumeMount[];
  readonly configMap: k8s.core.v1.ConfigMap;
  /** Name of the ConfigMap, for what refers to it otherwise than by a volume. */
  readonly name: string;

  constructor(
    name: string,
    args: { namespace: string; labels: Record<string, string>; files: Readonly<Record<string, string>> },
    opts: pulumi.CustomResourceOptions,
  ) {
    const entries = Object.entries(args.files).map(([file, content]) => ({
      file,
      directory: path.posix.dirname(file),
      key: file.slice(1).replaceAll(/[^\w.-]/g, "_"),
      content,
    }));
    const data = Object.fromEntries(entries.map((e) => [e.key, e.content]));
    const objectName = `${name}-${shortHash(JSON.stringify(data))}`;
    this.name = objectName;
    this.configMap = new k8s.core.v1.ConfigMap(
      `${name}-config`,
      { metadata: { name: objectName, namespace: args.namespace, labels: args.labels }, immutable: true, data },
      opts,
    );
    const directories = [...new Set(entries.map((e) => e.directory))];
    const volumeName = (i: number) => (directories.length === 1 ? "config" : `config-${i}`);
    this.volumes = directories.map((directory, i) => ({
      name: volumeName(i),
      configMap: {
        name: objectName,
        items: entries.filter((e) => e.directory === directory).map((e) => ({ key: e.key, path: path.posix.basename(e.file) })),
      },
    }));
    this.volumeMounts = directories.map((mountPath, i) => ({ name: volumeName(i), mountPath, readOnly: true }));
  }
}
