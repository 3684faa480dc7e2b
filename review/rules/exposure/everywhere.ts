/** Whether a block of addresses is all of them. */
export function isEverywhere(cidr: string | undefined): boolean {
  return cidr === "0.0.0.0/0" || cidr === "::/0";
}
