/**
 * Exit codes: the plan is fine, it has findings of severity error, the input is invalid, a change is as bad as --fail-on says; and a defect of `mes` itself
 * (EX_SOFTWARE of sysexits.h), which no script should take for one of the others.
 */
export const EXIT = { fine: 0, findings: 1, invalid: 2, changes: 3, defect: 70 } as const;
