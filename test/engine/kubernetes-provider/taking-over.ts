/** Runs something while the plug-in is told to take over what exists: docs/operations.md, "An `up` was interrupted". */
export async function takingOver<T>(run: () => Promise<T>): Promise<T> {
  const variables = { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true", PULUMI_K8S_ENABLE_PATCH_FORCE: "true" };
  // The SDK hands them to the provider; beside that the plug-in reads them, and its place is taken by this process.
  Object.assign(process.env, variables);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
}
