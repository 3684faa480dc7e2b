import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ApiObject, App, Chart } from "cdk8s";
import { trio } from "../objects";

/** `cdk8s synth` of the same objects: what its command line runs, without the command line. */
const resources = Number(process.argv[2]);
const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "bench-cdk8s-"));
const app = new App({ outdir });
const chart = new Chart(app, "bench");
for (let i = 0; i < resources / 3; i++) {
  const { deployment, autoscaler, service } = trio(`program-${i}`);
  new ApiObject(chart, `deployment-${i}`, { apiVersion: "apps/v1", kind: "Deployment", ...deployment });
  new ApiObject(chart, `autoscaler-${i}`, { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", ...autoscaler });
  new ApiObject(chart, `service-${i}`, { apiVersion: "v1", kind: "Service", ...service });
}
app.synth();
fs.rmSync(outdir, { recursive: true });
