import { ActionIcon, AppShell, Badge, Box, Burger, Group, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { Suspense, lazy, useEffect } from "react";

import { api, ask } from "@/api/client";
import { later } from "@/lib/later";
import { useHints } from "@/live/useHints";

import { LinkNote } from "./LinkNote";
import { Menu } from "./Menu";
import { ReachBanner } from "./ReachBanner";
import { Screen } from "./Screen";
import classes from "./Shell.module.css";
import { Sign } from "./Sign";
import { UserMenu } from "./UserMenu";
import { useSignOut } from "./useSignOut";

// Nobody looks for something, or presses a key, before the first screen stands.
const Shortcuts = lazy(async () => {
  await later();
  return { default: (await import("./Shortcuts")).Shortcuts };
});

async function openFinder(): Promise<void> {
  (await import("@mantine/spotlight")).openSpotlight();
}

/** What stands around every screen: the menu, the search, who is signed in, and whether the server can be reached. */
export function Shell() {
  const { isLeaving, signOut } = useSignOut();
  return isLeaving ? null : <Surroundings onSignOut={() => void signOut()} />;
}

function Surroundings({ onSignOut }: { onSignOut: () => void }) {
  const [isOpen, menu] = useDisclosure(false);
  const { pathname } = useLocation();
  useHints();
  useHotkeys([["mod+K", () => void openFinder()]], []);
  useEffect(() => menu.close(), [pathname, menu]);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <a href="#main" className={classes.skip}>
        Go to the content
      </a>
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={isOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <UnstyledButton component={Link} to="/" className={classes.brand} aria-label="Headrace">
              <Sign />
              <Text fw={650} size="lg" visibleFrom="xs">
                Headrace
              </Text>
            </UnstyledButton>
            <EnvironmentBadge />
          </Group>
          <Group gap={6} wrap="nowrap">
            <LinkNote />
            <UnstyledButton className={classes.search} onClick={() => void openFinder()} visibleFrom="sm">
              <IconSearch size={14} />
              <span>Find anything</span>
              <kbd aria-hidden="true">⌘K</kbd>
            </UnstyledButton>
            <Tooltip label="Find anything">
              <ActionIcon hiddenFrom="sm" size="lg" onClick={() => void openFinder()} aria-label="Find anything">
                <IconSearch size={18} />
              </ActionIcon>
            </Tooltip>
            <UserMenu onSignOut={onSignOut} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" className={classes.navbar}>
        <Menu />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <ReachBanner />
        <Box className={classes.content}>
          <Screen />
        </Box>
      </AppShell.Main>
      <Suspense>
        <Shortcuts />
      </Suspense>
    </AppShell>
  );
}

const ENVIRONMENT_COLOR: Record<string, string> = { production: "red", staging: "orange", development: "gray" };

/** Which installation this is, so that nobody mistakes one for another. */
function EnvironmentBadge() {
  const health = useQuery({ queryKey: ["health"], queryFn: () => ask(api.GET("/health")), staleTime: 60_000 });
  if (!health.data) return null;
  const { environment, version } = health.data;
  return (
    <Tooltip label={`Headrace ${version}`}>
      <Badge color={ENVIRONMENT_COLOR[environment] ?? "gray"} size="sm" variant="outline">
        {environment}
      </Badge>
    </Tooltip>
  );
}
