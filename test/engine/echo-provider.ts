import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";

/*
 * A test provider: it stands for the plug-ins of `kubernetes`, `aws` and `random`, which the real engine talks to, and
 * remembers what it was asked. What it creates has its inputs as outputs. It speaks the provider protocol itself, because
 * the SDK's stock server never announces previews.
 */

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;
type Reply = grpc.sendUnaryData<unknown>;

export interface EchoProvider {
  readonly port: number;
  stop(): void;
}

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** Outputs that a provider adds to what it creates, by resource type. */
const COMPUTED: Readonly<Record<string, Record<string, unknown>>> = {
  "random:index/randomPassword:RandomPassword": { result: { ...SECRET, value: "generated-by-the-test" } },
};

/** Serves the provider protocol on loopback. */
export async function echoProvider(): Promise<EchoProvider> {
  const server = new grpc.Server();
  let created = 0;
  const properties = (request: { getProperties(): Struct | undefined }) => request.getProperties() ?? new Struct();
  const unimplemented = (call: string) => (_: unknown, reply: Reply) =>
    reply({ code: grpc.status.UNIMPLEMENTED, details: `${call} is not implemented by the test provider` });

  server.addService((services as unknown as { ResourceProviderService: grpc.ServiceDefinition }).ResourceProviderService, {
    handshake: unimplemented("handshake"),
    attach: (_: Call<unknown>, reply: Reply) => reply(null, new Empty()),
    getPluginInfo: (_: Call<unknown>, reply: Reply) => {
      const info = new PluginInfo();
      info.setVersion("0.0.1");
      reply(null, info);
    },
    checkConfig: ({ request }: Call<messages.CheckRequest>, reply: Reply) => reply(null, checked(request)),
    diffConfig: (_: Call<unknown>, reply: Reply) => reply(null, new messages.DiffResponse()),
    configure: (_: Call<unknown>, reply: Reply) => {
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(false);
      response.setSupportspreview(true);
      reply(null, response);
    },
    check: ({ request }: Call<messages.CheckRequest>, reply: Reply) => reply(null, checked(request)),
    diff: ({ request }: Call<messages.DiffRequest>, reply: Reply) => {
      const same = JSON.stringify(request.getOldInputs()?.toJavaScript()) === JSON.stringify(request.getNews()?.toJavaScript());
      const response = new messages.DiffResponse();
      response.setChanges(same ? messages.DiffResponse.DiffChanges.DIFF_NONE : messages.DiffResponse.DiffChanges.DIFF_SOME);
      reply(null, response);
    },
    create: ({ request }: Call<messages.CreateRequest>, reply: Reply) => {
      const response = new messages.CreateResponse();
      const type = request.getUrn().split("::")[2]?.split("$").at(-1) ?? "";
      const outputs = { ...properties(request).toJavaScript(), ...(request.getPreview() ? {} : COMPUTED[type]) };
      if (!request.getPreview()) response.setId(`test-${++created}`);
      response.setProperties(Struct.fromJavaScript(outputs as Parameters<typeof Struct.fromJavaScript>[0]));
      reply(null, response);
    },
    update: ({ request }: Call<messages.UpdateRequest>, reply: Reply) => {
      const response = new messages.UpdateResponse();
      response.setProperties(request.getNews());
      reply(null, response);
    },
    read: ({ request }: Call<messages.ReadRequest>, reply: Reply) => {
      const response = new messages.ReadResponse();
      response.setId(request.getId());
      response.setProperties(request.getProperties());
      response.setInputs(request.getInputs());
      reply(null, response);
    },
    delete: (_: Call<unknown>, reply: Reply) => reply(null, new Empty()),
    cancel: (_: Call<unknown>, reply: Reply) => reply(null, new Empty()),
  });

  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { port, stop: () => server.forceShutdown() };
}

function checked(request: messages.CheckRequest): messages.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(request.getNews());
  return response;
}
