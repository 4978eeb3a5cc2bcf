import { AppShell, NavLink, ScrollArea, Text } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";

import { useMe } from "./me";
import { GROUPS, type Place } from "./places";

/** The places one may go to, by group. */
export function Menu() {
  const me = useMe();
  const { pathname } = useLocation();
  const isOffered = ({ needs }: Place): boolean => !needs || (me?.permissions.includes(needs) ?? false);
  const groups = GROUPS.map(({ label, places }) => ({ label, places: places.filter(isOffered) }));
  return (
    <AppShell.Section grow component={ScrollArea} type="auto">
      <nav aria-label="Main">
        {groups
          .filter(({ places }) => places.length > 0)
          .map(({ label, places }) => (
            <div key={label ?? "first"} role={label ? "group" : undefined} aria-label={label}>
              {label && (
                <Text size="xs" c="dimmed" fw={600} px="xs" pt="sm" pb={2}>
                  {label}
                </Text>
              )}
              {places.map(({ label: name, to, icon: Icon }) => (
                <NavLink
                  key={to}
                  component={Link}
                  to={to}
                  label={name}
                  py={5}
                  px="xs"
                  style={{ borderRadius: "var(--mantine-radius-sm)" }}
                  leftSection={<Icon size={16} stroke={1.6} />}
                  active={to === "/" ? pathname === "/" : pathname === to || pathname.startsWith(`${to}/`)}
                />
              ))}
            </div>
          ))}
      </nav>
    </AppShell.Section>
  );
}
