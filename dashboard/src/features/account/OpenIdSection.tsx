import { Badge, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { BASE, api, ask } from "@/api/client";
import { optionsQuery } from "@/features/entrance/queries";
import { Section } from "@/ui/Section";
import { ActButton } from "@/ui/ActButton";
import { Shown } from "@/ui/Shown";
import { useAct } from "@/ui/act";

import { connectionQuery } from "./queries";

/** Sign-in at the OpenID provider, where this installation has one. */
export function OpenIdSection() {
  const name = useQuery(optionsQuery).data?.openid;
  const query = useQuery({ ...connectionQuery, enabled: Boolean(name) });
  const disconnect = useAct({
    act: () => ask(api.DELETE("/api/v1/auth/oidc/connection")),
    done: "Disconnected: the password alone signs you in.",
    keys: [connectionQuery.queryKey],
  });
  if (!name) return null;
  return (
    <Section title={`Sign in with ${name}`}>
      <Shown query={query} lines={1}>
        {({ is_connected: isConnected }) => (
          <Group justify="space-between">
            <Text size="sm" component="div">
              <Badge color={isConnected ? "teal" : "gray"}>{isConnected ? "connected" : "not connected"}</Badge>
            </Text>
            {isConnected ? (
              <ActButton variant="default" loading={disconnect.isPending} onClick={() => disconnect.mutate()}>
                Disconnect
              </ActButton>
            ) : (
              <Button component="a" variant="light" href={`${BASE}/api/v1/auth/oidc?connect=true&next=/account`}>
                Connect
              </Button>
            )}
          </Group>
        )}
      </Shown>
    </Section>
  );
}
