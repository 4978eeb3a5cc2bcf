import { ActionIcon, Menu, Text, useMantineColorScheme } from "@mantine/core";
import {
  IconBook,
  IconDeviceLaptop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSun,
  IconUser,
  IconUserCircle,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { BASE } from "@/api/client";

import { useMe } from "./me";

const SCHEMES = [
  { value: "light", label: "Light", icon: IconSun },
  { value: "dark", label: "Dark", icon: IconMoon },
  { value: "auto", label: "As the system", icon: IconDeviceLaptop },
] as const;

/** One's account, the colours, the reference, and the way out. */
export function UserMenu({ onSignOut }: { onSignOut: () => void }) {
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();

  const name = me?.name || me?.email || "";
  return (
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon size="lg" radius="xl" aria-label="Your account">
          <IconUserCircle size={22} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} truncate>
            {name}
          </Text>
          {me?.role && <Text size="xs">{me.role}</Text>}
        </Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} />}>
          Account
        </Menu.Item>
        <Menu.Item component="a" href={`${BASE}/docs`} leftSection={<IconBook size={16} />}>
          API reference
        </Menu.Item>
        <Menu.Item
          leftSection={<IconKeyboard size={16} />}
          onClick={() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }))}
        >
          Keys
        </Menu.Item>
        <Menu.Divider />
        {SCHEMES.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} />}
            onClick={() => setColorScheme(value)}
            fw={colorScheme === value ? 600 : undefined}
            aria-checked={colorScheme === value}
            role="menuitemradio"
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={onSignOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
