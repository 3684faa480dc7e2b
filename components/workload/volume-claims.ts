import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../objects/labels";

export interface VolumeClaimsArgs {
  readonly namespace: string;
  /** The part of the platform they belong to, e.g. `logging`. */
  readonly component: string;
  /** The StatefulSet whose pods use them. */
  readonly statefulSet: string;
  readonly replicas: number;
  /** Name of the template in the StatefulSet. */
  readonly template: string;
  readonly spec: ClaimSpec;
}

export interface ClaimSpec {
  readonly accessModes: string[];
  readonly storageClassName?: string;
  readonly resources: { readonly requests: { readonly storage: string } };
}

/** Specification of the claim of one volume, for one pod. */
export function claimSpec(size: string, storageClassName: string | undefined): ClaimSpec {
  return { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage: size } } };
}

/**
 * The volume claims of a StatefulSet's pods as resources of their own, under the names that its controller gives them, `<template>-<set>-<n>`: it takes
 * a claim that is there. A StatefulSet's templates can never change, and neither its controller nor the Prometheus operator changes claims;
 * these grow in place (with a storage class that allows it), while the pods run.
 *
 * They are patches with all that a claim needs: one that is there already is taken over, one that is not is made. They outlive their
 * StatefulSet, as claims do that its controller makes.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage
 */
export function volumeClaims(args: VolumeClaimsArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { namespace, component, statefulSet, replicas, template, spec } = args;
  return Array.from({ length: replicas }, (_, ordinal) => {
    const name = `${template}-${statefulSet}-${ordinal}`;
    const annotations = {
      // Its controller may have made it, and owns the size then.
      "pulumi.com/patchForce": "true",
      // Many classes make a volume only for a pod that wants it.
      "pulumi.com/skipAwait": "true",
    };
    const metadata = { name, namespace, labels: objectLabels(statefulSet, component), annotations };
    return new k8s.core.v1.PersistentVolumeClaimPatch(name, { metadata, spec }, { ...opts, retainOnDelete: true });
  });
}

/** For the resource that holds the template: its size stays as it was made, the claims tell the size. */
export const TEMPLATE_SIZE = "spec.resources.requests.storage";
