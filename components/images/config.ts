import { z } from "zod";
import { holds, objectName, secret } from "../schema";
import { CATALOGUE, type ImageName } from "./catalogue";
import { registry, repository, tag } from "./reference";

const names = Object.keys(CATALOGUE) as [ImageName, ...ImageName[]];

const pullPolicy = z.enum(["IfNotPresent", "Always", "Never"]);

/** Another image, tag or digest than the catalogue's. */
export const imageOverride = z
  .strictObject({
    registry: registry.optional().describe("registry host (and path) in place of the image's own"),
    repository: repository.optional().describe("whole repository, e.g. registry.example.com/mes/mes"),
    tag: tag.optional().describe("tag in place of the pinned one"),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, "expected a digest, e.g. sha256: and 64 hexadecimal digits")
      .optional()
      .describe("digest; the tag then only documents it"),
    pullPolicy: pullPolicy.optional().describe("pull policy of this image alone"),
  })
  .check(
    holds(({ tag: name, digest }) => name !== "latest" || digest !== undefined, {
      path: ["tag"],
      message: "latest is another image tomorrow, and in half of the pods: name a version",
    }),
  );

/** Where images come from: one registry mirror, policy and set of pull secrets for all, and exceptions by name. */
export const imagesConfig = z
  .strictObject({
    registry: registry
      .optional()
      .describe("mirror that replaces the registry host of every image (air-gapped clusters); default: each image's own"),
    pullPolicy: pullPolicy.default("IfNotPresent").describe("pull policy of all images"),
    pullSecrets: z.array(objectName).default([]).describe("names of pull secrets that already exist in the namespaces"),
    pullCredentials: secret
      .optional()
      .describe("registry credentials (a whole .dockerconfigjson), made a pull secret in every namespace of the platform"),
    requireDigest: z.boolean().default(false).describe("refuse a plan with an image that is not pinned by its digest"),
    overrides: z.partialRecord(z.enum(names), imageOverride).default({}).describe("exceptions, by the name of the image"),
  })
  .describe("Registry mirror, pull policy, pull secrets, tags and digests of all images");

export type ImageOverride = z.infer<typeof imageOverride>;
export type ImagesConfig = z.infer<typeof imagesConfig>;
