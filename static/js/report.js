// Report on the phone: the device's time goes along, and each opening of the form has a key of its own.
for (const field of document.querySelectorAll("input[name=client_time]")) field.value = new Date().toISOString();

// the offline copy of this page would bring the same key twice
for (const field of document.querySelectorAll("form[data-outbox-form] input[name=submission_key]")) {
  field.value = `field-${crypto.randomUUID()}`;
}
