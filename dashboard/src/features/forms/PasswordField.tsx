import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";

type Props = Omit<PasswordInputProps, "autoComplete" | "maxLength" | "label"> & { label?: string; isNew?: boolean };

const HINT = "8 characters or more; 15 are better. Several words are easy to keep.";

/** A password: the browser's keeper knows whether it is a new one, and caps lock is told while it is on. */
export function PasswordField({ label = "Password", name = "password", isNew, description, ...rest }: Props) {
  const [isCapsOn, setIsCapsOn] = useState(false);
  const look = (event: KeyboardEvent): void => setIsCapsOn(event.getModifierState("CapsLock"));
  return (
    <PasswordInput
      label={label}
      name={name}
      autoComplete={isNew ? "new-password" : "current-password"}
      maxLength={1024}
      onKeyDown={look}
      onKeyUp={look}
      description={isCapsOn ? "Caps lock is on." : (description ?? (isNew ? HINT : undefined))}
      inputWrapperOrder={["label", "input", "description", "error"]}
      visibilityToggleButtonProps={{ "aria-label": "Show or hide what is typed", tabIndex: 0, "aria-hidden": false }}
      {...rest}
    />
  );
}
