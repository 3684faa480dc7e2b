import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { messageOf } from "../../cluster/message";
import type { Properties } from "./properties";

/*
 * The provider protocol, by which the real engine talks to a plug-in; here to a test provider. It is served directly,
 * because the SDK's stock server never announces previews.
 */

export interface ServedProvider {
  readonly port: number;
  stop(): void;
}

/** What every request about a resource says. */
export interface ResourceRequest {
  readonly urn: string;
  /** As `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Nothing may change. */
  readonly preview: boolean;
  /** Seconds that the resource may take; 0 when the program does not say. */
  readonly timeout: number;
}

export interface Resource {
  readonly id: string;
  readonly inputs: Properties;
  /** What the engine has recorded, or shall record, beside the inputs. */
  readonly outputs: Properties;
}

export interface Difference {
  /** Paths that differ, e.g. `spec.replicas`. */
  readonly changes: readonly string[];
  /** Those that need a new resource. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** Has the engine show a line beside a resource, as long as it works on it. */
export type EngineLog = (severity: "info" | "warning", urn: string, message: string) => void;

/** What a test provider does. Properties are as the engine sends them; see ./properties. */
export interface TestProvider {
  /** Called when an engine connects. */
  attach?(log: EngineLog): void;
  configure(args: Properties): void | Promise<void>;
  /** @returns what is wrong with the inputs */
  check(inputs: Properties, request: ResourceRequest): readonly string[];
  diff(old: Resource, inputs: Properties, request: ResourceRequest): Difference;
  create(inputs: Properties, request: ResourceRequest): Promise<Omit<Resource, "inputs">>;
  update(old: Resource, inputs: Properties, request: ResourceRequest): Promise<Properties>;
  /** @returns undefined when it is not there any more */
  read(old: Resource, request: ResourceRequest): Promise<Resource | undefined>;
  delete(old: Resource, request: ResourceRequest): Promise<void>;
}

/** It is there, and does not work: the engine records it and says so. */
export class NotReady extends Error {
  constructor(
    message: string,
    readonly resource: Omit<Resource, "inputs">,
  ) {
    super(message);
  }
}

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;
type Reply = grpc.sendUnaryData<unknown>;

/**
 * Serves a provider on loopback.
 * @param version what the engine is told, which wants at least the SDK's
 */
export async function serve(provider: TestProvider, version: string): Promise<ServedProvider> {
  const server = new grpc.Server();
  server.addService(
    (services as unknown as { ResourceProviderService: grpc.ServiceDefinition }).ResourceProviderService,
    methods(provider, version),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { port, stop: () => server.forceShutdown() };
}

function methods(provider: TestProvider, version: string) {
  return {
    // An engine that meets no handshake falls back to `configure` alone.
    handshake: (_: unknown, reply: Reply) => reply({ code: grpc.status.UNIMPLEMENTED, details: "no handshake" }),
    attach: answer((request: PluginAttach) => {
      provider.attach?.(logTo(request.getAddress()));
      return new Empty();
    }),
    cancel: answer(() => new Empty()),
    getPluginInfo: answer(() => new PluginInfo().setVersion(version)),
    checkConfig: answer((request: messages.CheckRequest) => new messages.CheckResponse().setInputs(request.getNews())),
    diffConfig: answer(() => new messages.DiffResponse()),
    configure: answer(async (request: messages.ConfigureRequest) => {
      await provider.configure(plain(request.getArgs()));
      return new messages.ConfigureResponse()
        .setAcceptsecrets(true)
        .setAcceptresources(true)
        .setAcceptoutputs(false)
        .setSupportspreview(true);
    }),
    check: answer((request: messages.CheckRequest) => {
      const failures = provider.check(plain(request.getNews()), about(request, true, 0));
      return new messages.CheckResponse()
        .setInputs(request.getNews())
        .setFailuresList(failures.map((reason) => new messages.CheckFailure().setReason(reason)));
    }),
    diff: answer((request: messages.DiffRequest) => {
      const old = { id: request.getId(), inputs: plain(request.getOldInputs()), outputs: plain(request.getOlds()) };
      return diffResponse(provider.diff(old, plain(request.getNews()), about(request, true, 0)));
    }),
    create: answer(async (request: messages.CreateRequest) => {
      const inputs = plain(request.getProperties());
      const created = await provider.create(inputs, about(request, request.getPreview(), request.getTimeout()));
      return new messages.CreateResponse().setId(created.id).setProperties(struct(created.outputs));
    }),
    update: answer(async (request: messages.UpdateRequest) => {
      const old = { id: request.getId(), inputs: plain(request.getOldInputs()), outputs: plain(request.getOlds()) };
      const outputs = await provider.update(
        old,
        plain(request.getNews()),
        about(request, request.getPreview(), request.getTimeout()),
      );
      return new messages.UpdateResponse().setProperties(struct(outputs));
    }),
    read: answer(async (request: messages.ReadRequest) => {
      const old = { id: request.getId(), inputs: plain(request.getInputs()), outputs: plain(request.getProperties()) };
      const found = await provider.read(old, about(request, true, 0));
      // Without an id it is gone.
      if (found === undefined) return new messages.ReadResponse();
      return new messages.ReadResponse().setId(found.id).setInputs(struct(found.inputs)).setProperties(struct(found.outputs));
    }),
    delete: answer(async (request: messages.DeleteRequest) => {
      const old = { id: request.getId(), inputs: plain(request.getOldInputs()), outputs: plain(request.getProperties()) };
      await provider.delete(old, about(request, false, request.getTimeout()));
      return new Empty();
    }),
  };
}

function logTo(engine: string): EngineLog {
  const client = new EngineClient(engine, grpc.credentials.createInsecure());
  return (severity, urn, message) => {
    const line = new LogRequest().setSeverity(severity === "info" ? LogSeverity.INFO : LogSeverity.WARNING).setUrn(urn);
    // An engine that is gone has nobody to show it to.
    client.log(line.setMessage(message).setEphemeral(true), () => undefined);
  };
}

function about(request: { getUrn(): string }, preview: boolean, timeout: number): ResourceRequest {
  const urn = request.getUrn();
  return { urn, type: urn.split("::")[2]?.split("$").at(-1) ?? "", preview, timeout };
}

function plain(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

function struct(properties: Properties): Struct {
  // A Struct knows nothing that is undefined.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Parameters<typeof Struct.fromJavaScript>[0]);
}

function diffResponse({ changes, replaces, deleteBeforeReplace }: Difference): messages.DiffResponse {
  const { DiffChanges } = messages.DiffResponse;
  const response = new messages.DiffResponse()
    .setChanges(changes.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE)
    .setDiffsList([...new Set(changes.map((path) => path.split(/[.[]/)[0] ?? path))])
    .setReplacesList([...replaces])
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  const { UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
  for (const path of changes) {
    const kind = replaces.includes(path) ? UPDATE_REPLACE : UPDATE;
    response.getDetaileddiffMap().set(path, new messages.PropertyDiff().setKind(kind));
  }
  return response;
}

function answer<Request>(respond: (request: Request) => unknown) {
  return ({ request }: Call<Request>, reply: Reply): void => {
    Promise.resolve(request)
      .then(respond)
      .then(
        (response) => reply(null, response),
        (error: unknown) => reply(failure(error)),
      );
  };
}

function failure(error: unknown): Partial<grpc.StatusObject> {
  const details = messageOf(error);
  if (!(error instanceof NotReady)) return { code: grpc.status.UNKNOWN, details };
  const { id, outputs } = error.resource;
  const partial = new messages.ErrorResourceInitFailed().setId(id).setProperties(struct(outputs)).setReasonsList([details]);
  const packed = new Any();
  packed.pack(partial.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(details);
  status.addDetails(packed);
  // The other side looks for details of an error under this name.
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details, metadata };
}
