import { BlockList, isIP } from "node:net";

/**
 * The proxy that leads to an address, by the variables that Kubernetes' own client heeds: HTTPS_PROXY, HTTP_PROXY and NO_PROXY,
 * which lists hosts, domains, addresses and ranges. Nothing on this machine is behind a proxy.
 * Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const variable = (name: string) => environment[name] ?? environment[name.toLowerCase()] ?? "";
  const proxy = variable(url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (proxy === "" || isLocal(hostOf(url)) || isExcepted(url, variable("NO_PROXY"))) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
}

function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isExcepted(url: URL, list: string): boolean {
  const host = hostOf(url);
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, range = "", bits] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
      if (bits !== undefined) return isIP(host) !== 0 && isIP(range) === isIP(host) && inRange(host, range, Number(bits));
      const [, name = entry, ownPort] = isIP(entry) === 6 ? [entry, entry] : (/^(.*?):(\d+)$/.exec(entry) ?? []);
      if (ownPort !== undefined && ownPort !== port) return false;
      const plain = name.replace(/^\[|\]$/g, "").replace(/^\*(?=\.)/, "");
      if (isIP(plain) !== 0) return plain === host;
      return plain.startsWith(".") ? host.endsWith(plain) : host === plain || host.endsWith(`.${plain}`);
    });
}

function inRange(host: string, range: string, bits: number): boolean {
  const family = isIP(host) === 6 ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(range, bits, family);
  return list.check(host, family);
}
