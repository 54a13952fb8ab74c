import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { queryClient } from '../api/client.ts';
import { ProductionFrame } from '../parts/environment.tsx';
import { router } from './router.ts';

export function App() {
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <ProductionFrame>
          <RouterProvider router={router} />
        </ProductionFrame>
      </QueryClientProvider>
    </CSPProvider>
  );
}
