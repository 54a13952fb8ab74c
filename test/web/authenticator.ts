import type { CDPSession, Page } from 'playwright-core';

/** A virtual authenticator at a page, which verifies its user and always says yes while it is awake. */
export interface Authenticator {
  /** One that sleeps answers nothing, like a security key in the drawer. */
  sleep(): Promise<void>;
  wake(): Promise<void>;
  /** From now on whoever touches it is somebody else. */
  distrust(): Promise<void>;
  trust(): Promise<void>;
}

export interface Device {
  /** Its own, behind a fingerprint reader. */
  readonly own: Authenticator;
  /** A security key. */
  plugIn(): Promise<Authenticator>;
}

/** What a page asks for passkeys. */
export async function deviceOf(page: Page): Promise<Device> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  return { own: await authenticator(cdp, 'internal'), plugIn: () => authenticator(cdp, 'usb') };
}

async function authenticator(cdp: CDPSession, transport: 'internal' | 'usb'): Promise<Authenticator> {
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport, hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  const presence = async (enabled: boolean): Promise<void> => {
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  };
  const verified = async (isUserVerified: boolean): Promise<void> => {
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  };
  return {
    ...{ sleep: () => presence(false), wake: () => presence(true) },
    ...{ distrust: () => verified(false), trust: () => verified(true) },
  };
}
