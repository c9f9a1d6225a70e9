"""What single units are like, measured once on a long text: how they remember, erase and write."""
