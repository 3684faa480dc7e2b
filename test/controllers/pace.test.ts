import { faster, fasterFlags, periodOf, stairsDown, stairsUp } from "./pace";

const pods = (value: number) => ({ type: "Pods", value, periodSeconds: 60 });
const percent = (value: number) => ({ type: "Percent", value, periodSeconds: 60 });
const rules = (...policies: { type: string; value: number; periodSeconds: number }[]) => ({
  stabilizationWindowSeconds: 600,
  selectPolicy: "Max",
  policies,
});

test("up: twice as many or four more in a period, whichever is more", () => {
  expect(stairsUp(3, 20, rules(percent(100), pods(4)))).toEqual([3, 7, 14, 20]);
});

test("down: a tenth in a period, rounded up, or one", () => {
  expect(stairsDown(20, 3, rules(percent(10), pods(1)))).toEqual([20, 18, 16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3]);
});

test("every time is divided, and nothing else", () => {
  const spec = { pollingInterval: 15, maxReplicas: 30, behavior: { scaleDown: rules(pods(30)) } };
  const { behavior, ...others } = faster(spec);
  expect(others).toEqual({ pollingInterval: 1, maxReplicas: 30 });
  expect(behavior.scaleDown).toEqual({
    stabilizationWindowSeconds: 40,
    selectPolicy: "Max",
    policies: [{ ...pods(30), periodSeconds: 4 }],
  });
  expect(periodOf(behavior.scaleDown)).toBe(4);
  expect(fasterFlags()).toContain("--horizontal-pod-autoscaler-sync-period=1s");
});

test("a time that would lose a fraction is refused", () => {
  expect(() => faster({ periodSeconds: 20 })).toThrow("periodSeconds: 20 s are no multiple of 15");
});
