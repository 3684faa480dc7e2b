import type { Amazon } from "./amazon";
import type { Inputs, Kind, Tags } from "./kind";
import { tagList, tagsOf } from "./names";

const role: Kind = {
  fixed: ["name"],
  changeable: ["assumeRolePolicy", "description"],
  create: async (amazon, { name, assumeRolePolicy, description }, tags) => {
    await amazon.call("iam", "create_role", {
      RoleName: name,
      AssumeRolePolicyDocument: assumeRolePolicy,
      Description: description,
      Tags: tagList(tags),
    });
    return name;
  },
  update: async (amazon, RoleName, { assumeRolePolicy, description }, tags) => {
    await amazon.call("iam", "update_assume_role_policy", { RoleName, PolicyDocument: assumeRolePolicy });
    await amazon.call("iam", "update_role_description", { RoleName, Description: description });
    await tagAnew(amazon, RoleName, tags);
  },
  read: async (amazon, RoleName) => {
    const { Role } = await amazon.call("iam", "get_role", { RoleName });
    return {
      inputs: {
        name: RoleName,
        // boto3 has parsed it.
        assumeRolePolicy: JSON.stringify(Role.AssumeRolePolicyDocument),
        description: Role.Description,
      },
      computed: { arn: Role.Arn, uniqueId: Role.RoleId },
      tags: tagsOf(Role.Tags),
    };
  },
  delete: async (amazon, RoleName) => {
    await amazon.call("iam", "delete_role", { RoleName });
  },
};

async function tagAnew(amazon: Amazon, RoleName: string, tags: Tags): Promise<void> {
  const { Tags: before } = await amazon.call("iam", "list_role_tags", { RoleName });
  await amazon.call("iam", "untag_role", { RoleName, TagKeys: Object.keys(tagsOf(before)) });
  await amazon.call("iam", "tag_role", { RoleName, Tags: tagList(tags) });
}

const rolePolicy: Kind = {
  fixed: ["name", "role"],
  changeable: ["policy"],
  create: async (amazon, inputs) => {
    await putPolicy(amazon, inputs);
    return `${inputs.role}:${inputs.name}`;
  },
  update: (amazon, _, inputs) => putPolicy(amazon, inputs),
  read: async (amazon, id) => {
    const { RoleName, PolicyName, PolicyDocument } = await amazon.call("iam", "get_role_policy", named(id));
    return { inputs: { role: RoleName, name: PolicyName, policy: JSON.stringify(PolicyDocument) } };
  },
  delete: async (amazon, id) => {
    await amazon.call("iam", "delete_role_policy", named(id));
  },
};

async function putPolicy(amazon: Amazon, { role: RoleName, name: PolicyName, policy }: Inputs): Promise<void> {
  await amazon.call("iam", "put_role_policy", { RoleName, PolicyName, PolicyDocument: policy });
}

function named(id: string): object {
  const [RoleName, PolicyName] = id.split(":");
  return { RoleName, PolicyName };
}

export const IAM: Readonly<Record<string, Kind>> = {
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
};
