/**
 * Addresses of a real cluster. Every cluster has the same ones, in a network namespace of its own; nobody outside of it can
 * reach them.
 */

/** The bridge; the control plane and DNS serve here. */
export const GATEWAY = "10.200.0.1";
export const PREFIX_LENGTH = 24;
/** Service addresses are of 10.96.0.0/16, as the API server's flags say; pods look names up here. */
export const DNS_SERVICE = "10.96.0.10";
/** Addresses of all pods. */
export const POD_CIDR = "10.244.0.0/16";

export const nodeAddress = (index: number): string => `10.200.0.${11 + index}`;
/** Addresses of the pods of one node. */
export const nodePodCidr = (index: number): string => `10.244.${index}.0/24`;
/** Hardware address of a node; locally administered. */
export const nodeMac = (index: number): string => `02:00:0a:c8:00:${(11 + index).toString(16).padStart(2, "0")}`;
