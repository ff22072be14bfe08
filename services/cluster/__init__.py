"""A Dask cluster that shares the work of analyses, where ``NGIS_DASK_SCHEDULER`` names one."""
