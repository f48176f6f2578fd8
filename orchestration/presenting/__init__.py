"""What pages, packs, reports and messages share: languages, figures by locale, and the published file they read."""
