/** Bytes of a size of Prometheus; undefined if it is not one. Binary, whatever it is called. Source: https://github.com/alecthomas/units, which Prometheus reads sizes with */
export function metricsBytes(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([KMGTPE]?)i?B$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * 1024 ** ["", "K", "M", "G", "T", "P", "E"].indexOf(unit);
}
