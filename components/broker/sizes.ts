import { parseBytes } from "../schema";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/**
 * Bytes that the operator tells RabbitMQ it has: the limit without a headroom for the Erlang VM, a fifth and at most 2 GiB.
 * Source: https://github.com/rabbitmq/cluster-operator/blob/v2.22.4/internal/resource/configmap.go (removeHeadroom)
 */
function availableMemoryBytes(limit: number): number {
  return limit - Math.min(limit / 5, 2 * GIB);
}

/** Bytes in use from which publishers have to wait. */
export function memoryWatermarkBytes(limit: number, watermark: number): number {
  return Math.ceil(availableMemoryBytes(limit) * watermark);
}

/** Bytes of free disk below which publishers have to wait. @default as much as a node has memory */
export function diskFreeLimitBytes(broker: {
  readonly diskFreeLimit?: string | undefined;
  readonly resources: { readonly memory: string };
}): number {
  return Math.ceil(parseBytes(broker.diskFreeLimit ?? broker.resources.memory));
}

/**
 * Bytes of the write-ahead log of the quorum queues: its entries stay in memory until it is full, and while a full one is
 * written out the next one fills, so an eighth of the memory at most; RabbitMQ's default of 512 MiB suits nodes from 4 GiB.
 * Source: https://www.rabbitmq.com/docs/quorum-queues#resource-use
 */
export function writeAheadLogBytes(limit: number): number {
  return Math.min(512 * MIB, Math.max(32 * MIB, Math.floor(limit / 8)));
}
