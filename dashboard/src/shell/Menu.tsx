import { AppShell, NavLink, ScrollArea, Text } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";

import { useMe } from "./me";
import { GROUPS, placeAt, placesFor } from "./places";

/** The places one may go to, by group. */
export function Menu() {
  const me = useMe();
  const { pathname } = useLocation();
  const open = new Set(placesFor(me?.permissions));
  const groups = GROUPS.map(({ label, places }) => ({ label, places: places.filter((place) => open.has(place)) }));
  const here = placeAt(pathname);
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
              {places.map((place) => (
                <NavLink
                  key={place.to}
                  component={Link}
                  to={place.to}
                  label={place.label}
                  py={5}
                  px="xs"
                  style={{ borderRadius: "var(--mantine-radius-sm)" }}
                  leftSection={<place.icon size={16} stroke={1.6} />}
                  active={place === here}
                />
              ))}
            </div>
          ))}
      </nav>
    </AppShell.Section>
  );
}
