import { commandsOf, documentedCommands } from "./documented";

const PAGE = `
Look with \`ctl status\`, or at \`kubectl -n data
exec $primary -- psql\`. A copy of <name>: \`kubectl exec <name> -- true\`.

\`\`\`sh
alias ctl='kubectl exec broker-0 --'
primary=$(kubectl get pod -o name)
for pod in a b; do
  kubectl exec $pod -- psql -c 'SHOW POOLS'
done
kubectl exec $primary -- psql -c "SELECT 'a
b'" # what it says
kubectl get pods
kubectl exec $primary -- \\
  df -h
\`\`\`
`;

test("a page's commands in pods are found in blocks and in between, whole, with what they need", () => {
  expect(commandsOf("page", PAGE).map(({ command }) => command)).toEqual([
    "for pod in a b; do\n  kubectl exec $pod -- psql -c 'SHOW POOLS'\ndone",
    "primary=$(kubectl get pod -o name)\nkubectl exec $primary -- psql -c \"SELECT 'a\nb'\"",
    "primary=$(kubectl get pod -o name)\nkubectl exec $primary -- \\\n  df -h",
    "kubectl exec broker-0 -- status",
    "primary=$(kubectl get pod -o name)\nkubectl -n data exec $primary -- psql",
  ]);
});

test("the runbooks have some for each of the pods", () => {
  const text = documentedCommands()
    .map(({ command }) => command)
    .join("\n");
  for (const part of ["rabbitmqctl", "rabbitmq-diagnostics", "rabbitmq-queues", "psql -d mes", "SHOW POOLS"])
    expect(text).toContain(part);
});
