domains = 2
