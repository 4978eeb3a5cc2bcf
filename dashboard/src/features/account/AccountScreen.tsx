import { Alert, SimpleGrid, Stack } from "@mantine/core";

import { useMe } from "@/shell/me";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";

import { DeleteSection } from "./DeleteSection";
import { EmailSection } from "./EmailSection";
import { FactorSection } from "./FactorSection";
import { KeysSection } from "./KeysSection";
import { NameSection } from "./NameSection";
import { OpenIdSection } from "./OpenIdSection";
import { PasswordSection } from "./PasswordSection";
import { SchemeSection } from "./SchemeSection";
import { SessionsSection } from "./SessionsSection";

/** One's own account. */
export function AccountScreen() {
  const me = useMe();
  const about = me && [me.name, me.email, me.role].filter(Boolean).join(" · ");
  return (
    <Page title="Account" about={about}>
      {!me && <Loading />}
      {me && me.kind !== "user" && (
        <Stack maw={880}>
          <Alert color="gray">Nobody is signed in here by name: this is the trusted network or a key.</Alert>
          <SchemeSection />
        </Stack>
      )}
      {me?.kind === "user" && (
        <Stack maw={1080} gap="md">
          <SessionsSection />
          <FactorSection email={me.email} />
          <KeysSection me={me} />
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <NameSection key={me.name} name={me.name} />
            <EmailSection email={me.email} />
            <PasswordSection email={me.email} />
            <SchemeSection />
          </SimpleGrid>
          <OpenIdSection />
          <DeleteSection />
        </Stack>
      )}
    </Page>
  );
}
