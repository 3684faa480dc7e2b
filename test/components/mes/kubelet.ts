/**
 * What a container sees of its variables: each is expanded with those before it, `$$` becomes `$`, and what is not known stays as it is written.
 * Read character by character, as the kubelet does. Source: makeEnvironmentVariables in
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/kubelet/kubelet_pods.go, and third_party/forked/golang/expansion/expand.go
 */
export function asKubelet(env: Readonly<Record<string, string>>): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const [name, text] of Object.entries(env)) seen[name] = expand(text, seen);
  return seen;
}

function expand(text: string, seen: Readonly<Record<string, string>>): string {
  let result = "";
  for (let i = 0; i < text.length; i += 1) {
    const next = text[i + 1];
    if (text[i] !== "$" || next === undefined) result += text[i] ?? "";
    else if (next === "$") {
      result += "$";
      i += 1;
    } else if (next === "(") {
      const end = text.indexOf(")", i + 2);
      if (end < 0) {
        result += "$(";
        i += 1;
        continue;
      }
      const name = text.slice(i + 2, end);
      result += Object.hasOwn(seen, name) ? (seen[name] ?? "") : `$(${name})`;
      i = end;
    } else {
      result += `$${next}`;
      i += 1;
    }
  }
  return result;
}
