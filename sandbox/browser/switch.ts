import type { Sandbox } from './state.ts';

/** A mistake or fault that can be turned on in production and repaired. */
export interface Switch {
  id: string;
  title: string;
  /** Description of the fault, one or two sentences. */
  text: string;
  /** The check that fails; null when none does. */
  check: string | null;
  isOn(sandbox: Sandbox): boolean;
  turnOn(sandbox: Sandbox): Promise<void>;
  /** Repairs it. */
  turnOff(sandbox: Sandbox): Promise<void>;
}

export type SwitchText = Pick<Switch, 'id' | 'title' | 'text' | 'check'>;
