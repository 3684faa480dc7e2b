import type { Amazon } from "./amazon";
import type { Inputs, Kind } from "./kind";
import { tagList, tagsOf } from "./names";

const key: Kind = {
  fixed: [],
  changeable: ["deletionWindowInDays", "description", "enableKeyRotation", "policy"],
  create: async (amazon, inputs, tags) => {
    const { description: Description, policy: Policy } = inputs;
    const { KeyMetadata } = await amazon.call("kms", "create_key", { Description, Policy, Tags: tagList(tags, "Tag") });
    await rotate(amazon, KeyMetadata.KeyId, inputs);
    return KeyMetadata.KeyId;
  },
  update: async (amazon, KeyId, inputs, tags) => {
    await amazon.call("kms", "update_key_description", { KeyId, Description: inputs.description });
    await amazon.call("kms", "put_key_policy", { KeyId, PolicyName: "default", Policy: inputs.policy });
    await rotate(amazon, KeyId, inputs);
    const before = tagsOf((await amazon.call("kms", "list_resource_tags", { KeyId })).Tags, "Tag");
    await amazon.call("kms", "untag_resource", { KeyId, TagKeys: Object.keys(before) });
    await amazon.call("kms", "tag_resource", { KeyId, Tags: tagList(tags, "Tag") });
  },
  read: async (amazon, KeyId, { deletionWindowInDays }) => {
    const { KeyMetadata } = await amazon.call("kms", "describe_key", { KeyId });
    if (KeyMetadata.KeyState === "PendingDeletion") return undefined;
    const { KeyRotationEnabled } = await amazon.call("kms", "get_key_rotation_status", { KeyId });
    const { Policy } = await amazon.call("kms", "get_key_policy", { KeyId, PolicyName: "default" });
    const { Tags } = await amazon.call("kms", "list_resource_tags", { KeyId });
    return {
      inputs: {
        deletionWindowInDays,
        description: KeyMetadata.Description,
        enableKeyRotation: KeyRotationEnabled,
        policy: Policy,
      },
      computed: { arn: KeyMetadata.Arn, keyId: KeyId },
      tags: tagsOf(Tags, "Tag"),
    };
  },
  // No key is deleted at once.
  delete: async (amazon, KeyId, { deletionWindowInDays: PendingWindowInDays }) => {
    await amazon.call("kms", "schedule_key_deletion", { KeyId, PendingWindowInDays });
  },
};

async function rotate(amazon: Amazon, KeyId: string, { enableKeyRotation }: Inputs): Promise<void> {
  await amazon.call("kms", enableKeyRotation === true ? "enable_key_rotation" : "disable_key_rotation", { KeyId });
}

const alias: Kind = {
  fixed: ["name"],
  changeable: ["targetKeyId"],
  create: async (amazon, { name: AliasName, targetKeyId: TargetKeyId }) => {
    await amazon.call("kms", "create_alias", { AliasName, TargetKeyId });
    return AliasName;
  },
  update: async (amazon, AliasName, { targetKeyId: TargetKeyId }) => {
    await amazon.call("kms", "update_alias", { AliasName, TargetKeyId });
  },
  read: async (amazon, name) => {
    const { Aliases } = await amazon.call("kms", "list_aliases");
    const found = (Aliases as Inputs[]).find(({ AliasName }) => AliasName === name);
    return found && { inputs: { name, targetKeyId: found.TargetKeyId }, computed: { arn: found.AliasArn } };
  },
  delete: async (amazon, AliasName) => {
    await amazon.call("kms", "delete_alias", { AliasName });
  },
};

export const KMS: Readonly<Record<string, Kind>> = {
  "aws:kms/alias:Alias": alias,
  "aws:kms/key:Key": key,
};
